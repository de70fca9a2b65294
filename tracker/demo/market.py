"""Who is in the demo market: declarations only. Wires companies and ERCOT are the real ones, all else is invented."""

from dataclasses import dataclass

from tracker.domain.permissions import Rank
from tracker.domain.roles import CompanyKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A company of the demo: `share` says how much of the market it serves, `prefixes` which ESI IDs it owns."""

    duns: str
    name: str
    kind: CompanyKind
    legal_name: str = ""
    prefixes: tuple[tuple[str, int], ...] = ()
    share: int = 10
    people: int = 3
    left: bool = False


OPERATOR = Declared(duns="183529049", name="ERCOT", kind=CompanyKind.ERCOT, people=4)

WIRES = (
    Declared(
        duns="1039940674000",
        name="Oncor Electric Delivery",
        kind=CompanyKind.TDSP,
        prefixes=(("1044372", 17), ("1017699", 17)),
        share=40,
        people=4,
    ),
    Declared(
        duns="957877905",
        name="CenterPoint Energy Houston Electric",
        kind=CompanyKind.TDSP,
        prefixes=(("1008901", 22),),
        share=32,
        people=4,
    ),
    Declared(
        duns="007924772",
        name="AEP Texas Central",
        kind=CompanyKind.TDSP,
        legal_name="AEP Texas",
        prefixes=(("1003278", 17),),
        share=12,
    ),
    Declared(
        duns="007923311",
        name="AEP Texas North",
        kind=CompanyKind.TDSP,
        legal_name="AEP Texas",
        prefixes=(("1020404", 17),),
        share=5,
        people=2,
    ),
    Declared(
        duns="007929441",
        name="Texas-New Mexico Power",
        kind=CompanyKind.TDSP,
        prefixes=(("1040051", 17),),
        share=6,
    ),
    Declared(
        duns="0088288574800",
        name="Nueces Electric Cooperative",
        kind=CompanyKind.TDSP,
        prefixes=(("1013830", 17),),
        share=2,
        people=2,
    ),
    Declared(
        duns="0582138934100",
        name="Lubbock Power & Light",
        kind=CompanyKind.TDSP,
        prefixes=(("1011292", 17),),
        share=3,
        people=2,
    ),
)

RETAILERS = (
    Declared(
        duns="999210016",
        name="Bluebonnet Trail Energy",
        kind=CompanyKind.CR,
        legal_name="Bluebonnet Trail Energy",
        share=26,
        people=4,
    ),
    Declared(
        duns="9992100162000",
        name="Bluebonnet Trail Prepaid",
        kind=CompanyKind.CR,
        legal_name="Bluebonnet Trail Energy",
        share=6,
        people=2,
    ),
    Declared(duns="999320021", name="Lantern Creek Power", kind=CompanyKind.CR, share=20, people=4),
    Declared(duns="999430036", name="Caprock Retail Energy", kind=CompanyKind.CR, share=15),
    Declared(duns="999540041", name="Juniper Bend Electric", kind=CompanyKind.CR, share=11),
    Declared(duns="999650056", name="Saltgrass Energy", kind=CompanyKind.CR, share=9),
    Declared(duns="999760061", name="Prairie Lark Power", kind=CompanyKind.CR, share=7),
    Declared(duns="999870076", name="Copper Canyon Electric", kind=CompanyKind.CR, share=6),
    Declared(duns="999980081", name="Silver Pecan Energy", kind=CompanyKind.CR, share=5),
    Declared(duns="999150096", name="Gulf Heron Power", kind=CompanyKind.CR, share=4, people=2),
    Declared(duns="999260103", name="Northwind Mesa Energy", kind=CompanyKind.CR, share=3, people=2),
    Declared(duns="999370118", name="Live Oak Lane Electric", kind=CompanyKind.CR, share=3, people=2),
    Declared(duns="999480123", name="Palo Duro Light", kind=CompanyKind.CR, share=2, people=2, left=True),
)

COMPANIES = (OPERATOR, *WIRES, *RETAILERS)

RANKS = (Rank.ADMINISTRATOR, Rank.ANALYST, Rank.ANALYST, Rank.READER)
"""The ranks of a company's people in the order in which they are named; ERCOT has no readers."""

GROUPS: dict[CompanyKind, tuple[str, ...]] = {
    CompanyKind.ERCOT: ("Retail operations", "Settlement data"),
    CompanyKind.TDSP: ("Market operations", "Meter data", "Revenue protection"),
    CompanyKind.CR: ("Enrollments", "Billing and usage"),
}

FULL_NAMES = (
    "Marisol Ortega", "Dwight Kessler", "Priya Raman", "Tom Lindqvist", "Angela Brandt", "Curtis Mayhew",
    "Hannah Voss", "Ruben Salinas", "Denise Okafor", "Paul Zapata", "Katy Hollis", "Ian Prewitt", "Lorena Vega",
    "Grant Tillman", "Beth Nakamura", "Oscar Dominguez", "Sheila Trask", "Manny Cordova", "Felicia Stroud",
    "Hector Luna", "Wade Burleson", "Nina Castellano", "Troy Amundsen", "Yolanda Pruitt", "Ravi Menon",
    "Carla Whitfield", "Jesse Holloway", "Monica Reyes", "Aaron Feldt", "Tasha Greer", "Luis Barrera",
    "Emily Sandoval", "Kurt Weidman", "Joy Abernathy", "Darnell Price", "Sofia Mendez", "Glen Ratliff",
    "Ines Carvalho", "Brent Ogden", "Latoya Simmons", "Victor Pham", "Rachel Dunning", "Miguel Fuentes",
    "Anita Desai", "Clay Rutherford", "Peggy Lawson", "Samir Haddad", "Dolores Quinn", "Walt Jernigan",
    "Ximena Rojas", "Kevin Stahl", "Opal McBride", "Andre Fontaine", "Rosa Villarreal", "Neil Gustafson",
    "Tamika Bowers", "Joel Friesen", "Lucia Moreno", "Hank Dillard", "Misty Caldwell", "Omar Rashid",
    "Fern Kowalski", "Eduardo Pena", "Gail Thornton",
)  # fmt: skip
