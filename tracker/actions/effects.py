"""What transitions do beyond moving the state: one function for each `Effect`.

Each takes the actor, the issue, the roles of the actor's company and the values typed, and gives the
changes to be written into the history.
"""

from collections.abc import Callable, Mapping

from tracker.actions.claims import repeat_submitter
from tracker.actions.history import Change
from tracker.actions.jobs import promise
from tracker.actions.looking import look_for
from tracker.actions.parties import assign_group, assign_owner, take_ownership
from tracker.actions.standing import set_values
from tracker.clock import in_market, now
from tracker.domain.fields import Value
from tracker.domain.roles import Role
from tracker.domain.tables import complete
from tracker.domain.topics import Topic
from tracker.domain.workflow import Effect
from tracker.errors import Invalid
from tracker.models import Issue, MarketOrder, Person
from tracker.queries import registry
from tracker.queries.people import NO_OPEN_GROUP, NO_SUCH_COLLEAGUE, colleague, open_group

Roles = frozenset[Role]
Values = Mapping[str, Value]


def _take_ownership(actor: Person, issue: Issue, roles: Roles, values: Values) -> list[Change]:
    change = take_ownership(actor, issue, roles)
    return [change] if change else []


def _assign_owner(actor: Person, issue: Issue, roles: Roles, values: Values) -> list[Change]:
    owner = colleague(actor, str(values["NewOwner"]))
    if owner is None:
        raise Invalid({"NewOwner": NO_SUCH_COLLEAGUE})
    return [assign_owner(actor, issue, roles, owner)]


def _assign_group(actor: Person, issue: Issue, roles: Roles, values: Values) -> list[Change]:
    group = open_group(actor, str(values["GroupName"]))
    if group is None:
        raise Invalid({"GroupName": NO_OPEN_GROUP})
    return [assign_group(actor, issue, roles, group)]


def _refresh_order_status(actor: Person, issue: Issue, roles: Roles, values: Values) -> list[Change]:
    order = _order(actor, issue, issue.orig_tran_id)
    return _learn(issue, {"SiebelStatus": _status_of(order), "SiebelCheckDateTime": _market_time()})


def _read_regaining_order(actor: Person, issue: Issue, roles: Roles, values: Values) -> list[Change]:
    order = _order(actor, issue, issue.values.get("RegainingBGN02"))
    learned: dict[str, Value] = {
        "RegainingTrxnSiebelStatus": _status_of(order),
        "RegainingTrxnSiebelCheckDate": _market_time(),
    }
    if order is not None:
        learned["RegainingGlobalID"] = order.global_id
        learned["RegainingBGNPriorityCode"] = int(order.priority)
        if order.requested_for:
            learned["RegainingBGNRequestDate"] = f"{order.requested_for.isoformat()}T00:00:00"
    return _learn(issue, learned)


def _agree_with_submitter(actor: Person, issue: Issue, roles: Roles, values: Values) -> list[Change]:
    return repeat_submitter(actor, issue, roles)


def _make_children(actor: Person, issue: Issue, roles: Roles, values: Values) -> list[Change]:
    esi_ids = values["EsiID"] if isinstance(values["EsiID"], list) else []
    promise(Topic.CHILDREN, issue, {"esi_ids": list(dict.fromkeys(esi_ids)), "person_id": actor.id})
    return [Change(field="EsiID", label="Child issues", old="", new=f"{len(esi_ids):,} ESI IDs")]


def _learn(issue: Issue, learned: dict[str, Value]) -> list[Change]:
    before = issue.values.get(next(iter(learned)))
    set_values(issue, {**issue.values, **learned})
    name, after = next(iter(learned.items()))
    label = "Order status" if name == "SiebelStatus" else "Regaining order status"
    return [Change(field=name, label=label, old=str(before or ""), new=str(after))]


def _order(actor: Person, issue: Issue, tran_id: object) -> MarketOrder | None:
    """The order, if every party of the issue may know it: what is learned stands where all of them read it.

    Whoever has it read looks into the registry, and has looked up enough like whoever types.
    """
    if not registry.registry_is_on() or look_for(actor, issue.values) is not None:
        return None
    return registry.order_shown_to_all(issue, str(tran_id or ""))


def _status_of(order: MarketOrder | None) -> str:
    return order.status if order else "Not checked"


def _market_time() -> str:
    return in_market(now()).strftime("%Y-%m-%dT%H:%M:%S")


EFFECTS: Mapping[Effect, Callable[[Person, Issue, Roles, Values], list[Change]]] = complete(
    "effects of transitions",
    Effect,
    {
        Effect.TAKES_OWNERSHIP: _take_ownership,
        Effect.ASSIGNS_OWNER: _assign_owner,
        Effect.ASSIGNS_GROUP: _assign_group,
        Effect.REFRESHES_ORDER_STATUS: _refresh_order_status,
        Effect.READS_REGAINING_ORDER: _read_regaining_order,
        Effect.AGREES_WITH_SUBMITTER: _agree_with_submitter,
        Effect.MAKES_CHILDREN: _make_children,
    },
)
