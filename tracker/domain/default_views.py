"""The views that everybody of a kind of company finds ready-made: what the work of such a company begins with.

They follow the reader: `@me` and `@mycompany` are whoever asks. Nobody edits them; a copy can be changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tracker.domain.query_language import parse, terms_in
from tracker.domain.roles import CompanyKind
from tracker.domain.search_keys import BY_NAME
from tracker.domain.tables import complete, known


@dataclass(frozen=True, slots=True)
class DefaultView:
    """A query under a name. `key` names it in addresses; no columns means the usual ones of the list."""

    key: str
    name: str
    query: str
    columns: tuple[str, ...] = ()


WAITING = ("number", "subtype", "esi_id", "state", "owner", "turn")
"""The columns of a queue: whose turn it is needs no column where it is always the reader's."""

INADVERTENT = "subtype:inadvertent,rescission"
SWITCH_HOLDS = "subtype:switch-hold-removal"

_RETAILER = (
    DefaultView("waiting", "Waiting on us, oldest first", "turn:@mycompany sort:turn", WAITING),
    DefaultView("unowned", "Waiting on us, owned by nobody", "turn:@mycompany -has:owner sort:turn", WAITING),
    DefaultView("inadvertent", "Inadvertent gains and losses, open", f"status:open {INADVERTENT}"),
    DefaultView("switch-holds", "Switch holds, open", f"status:open {SWITCH_HOLDS}"),
    DefaultView("cancels", "Cancels, open", "status:open family:cancels"),
    DefaultView("usage", "Usage and billing, open", "status:open family:usage-billing"),
    DefaultView(
        "stuck",
        "With others, unmoved for five business days",
        "status:open -turn:@mycompany updated:<@today-5bd sort:changed",
    ),
)

_WIRES = (
    DefaultView("waiting", "Waiting on us, oldest first", "turn:@mycompany sort:turn", WAITING),
    DefaultView("unowned", "Waiting on us, owned by nobody", "turn:@mycompany -has:owner sort:turn", WAITING),
    DefaultView("switch-holds", "Switch holds to remove", f"turn:@mycompany {SWITCH_HOLDS} sort:turn", WAITING),
    DefaultView("usage", "Usage and billing waiting on us", "turn:@mycompany family:usage-billing sort:turn", WAITING),
    DefaultView("inadvertent", "Inadvertent gains waiting on us", f"turn:@mycompany {INADVERTENT} sort:turn", WAITING),
    DefaultView("cancels", "Cancels waiting on us", "turn:@mycompany family:cancels sort:turn", WAITING),
    DefaultView("premises", "Premises waiting on us", "turn:@mycompany family:premise sort:turn", WAITING),
)

_OPERATOR = (
    DefaultView("waiting", "Waiting on ERCOT", "turn:@mycompany sort:turn", WAITING),
    DefaultView("new", "New at ERCOT, not begun", "turn:@mycompany status:new sort:created", WAITING),
    DefaultView("untouched", "Untouched for five business days", "status:open updated:<@today-5bd sort:changed"),
    DefaultView("inadvertent", "Inadvertent gains and losses, open", f"status:open {INADVERTENT}"),
    DefaultView("dev-lse", "DEV LSE in work", "status:working family:dev-lse"),
    DefaultView("pending", "Answered, not yet accepted", "status:pending-complete sort:turn"),
)

DEFAULT_VIEWS: Mapping[CompanyKind, tuple[DefaultView, ...]] = complete(
    "ready-made views",
    CompanyKind,
    {CompanyKind.CR: _RETAILER, CompanyKind.TDSP: _WIRES, CompanyKind.ERCOT: _OPERATOR},
)
"""The set of each kind of company, in the order of the page."""

known(
    "keys of ready-made views",
    (term.key for views in DEFAULT_VIEWS.values() for view in views for term in terms_in(parse(view.query))),
    BY_NAME,
)
