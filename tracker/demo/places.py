"""Where the demo's premises stand: declarations only. Towns are real, streets are the kind that every town has."""

TOWNS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "1044372": (
        ("Dallas", "75214", "NCent"),
        ("Fort Worth", "76109", "NCent"),
        ("Plano", "75023", "NCent"),
        ("Waco", "76710", "NCent"),
        ("Tyler", "75701", "East"),
        ("Midland", "79705", "FWest"),
        ("Round Rock", "78664", "Scent"),
    ),
    "1017699": (("Lufkin", "75901", "East"), ("Nacogdoches", "75964", "East")),
    "1008901": (
        ("Houston", "77007", "Coast"),
        ("Houston", "77096", "Coast"),
        ("Sugar Land", "77478", "Coast"),
        ("Pasadena", "77504", "Coast"),
        ("Katy", "77450", "Coast"),
    ),
    "1003278": (("Corpus Christi", "78412", "South"), ("McAllen", "78501", "South"), ("Laredo", "78041", "South")),
    "1020404": (("Abilene", "79605", "West"), ("San Angelo", "76904", "West")),
    "1040051": (("Texas City", "77590", "Coast"), ("Lewisville", "75067", "NCent"), ("Pecos", "79772", "FWest")),
    "1013830": (("Robstown", "78380", "South"), ("Orange Grove", "78372", "South")),
    "1011292": (("Lubbock", "79413", "North"), ("Lubbock", "79424", "North")),
}
"""Town, ZIP and weather zone by the prefix of the ESI IDs there."""

STREETS = (
    "Main St", "Oak Hollow Dr", "Pecan Grove Ln", "Cedar Ridge Rd", "Mesquite Trl", "Elm St", "Sunset Blvd",
    "Meadowbrook Dr", "Ranch Road 12", "Magnolia Ave", "Live Oak St", "Commerce St", "Bluebird Ln", "Lakeview Cir",
    "County Road 214", "Travis St", "Houston Ave", "Quail Run", "Cottonwood Ct", "Westheimer Pl", "Austin St",
    "Ridgecrest Dr", "Harvest Moon Way", "Industrial Pkwy", "Pine Bluff Rd", "Bowie St", "Crockett Dr",
    "Willow Bend", "Stonegate Pass", "Prairie View Ln",
)  # fmt: skip

ZONE_CODES = {
    "Coast": "COAST",
    "East": "EAST",
    "FWest": "FWEST",
    "NCent": "NCENT",
    "North": "NORTH",
    "Scent": "SCENT",
    "South": "SOUTH",
    "West": "WEST",
}
"""The weather zones as they stand inside a load profile's code."""

PROFILES: dict[str, tuple[str, ...]] = {
    "Residential": ("RESLOWR", "RESHIWR"),
    "Small Non-Residential": ("BUSLOLF", "BUSMEDLF", "BUSNODEM"),
    "Large Non-Residential": ("BUSHILF", "BUSIDRRQ"),
}

PREMISE_SHARES = {"Residential": 78, "Small Non-Residential": 18, "Large Non-Residential": 4}

STATUS_SHARES = {"Active": 93, "De-Energized": 5, "Inactive": 2}
