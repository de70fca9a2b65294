"""How the registry names the parties of a story by itself: the mirror of `actions/automation.py`."""

from datetime import timedelta

from tracker.actions.automation import BY_REGISTRY
from tracker.demo.stage import Stage
from tracker.demo.tale import Tale
from tracker.domain.roles import Role
from tracker.domain.workflow import Transition
from tracker.queries.registry import NO_ORDER_OF_SUBMITTER, NOT_ALL_ACTIVE


def pick_by_registry(stage: Stage, tale: Tale) -> None:
    """The registry names the parties of most cases by itself; the rest wait for ERCOT with the reason."""
    transition = tale.workflow.find(tale.state, BY_REGISTRY)
    if not tale.subtype.picks_parties or transition is None:
        return
    case, order = tale.case, tale.case.order
    if tale.values["OrigTrxnID"] != order.tran_id:
        tale.waits_because = NO_ORDER_OF_SUBMITTER
    elif case.gaining is not order.gaining or case.losing is not order.losing:
        names_filer = case.filer in (order.gaining, order.losing)
        tale.waits_because = NOT_ALL_ACTIVE if names_filer else NO_ORDER_OF_SUBMITTER
    else:
        _name_parties(stage, tale, transition)


def _name_parties(stage: Stage, tale: Tale, transition: Transition) -> None:
    case = tale.case
    named = {Role.GAINING: case.gaining, Role.LOSING: case.losing, Role.TDSP: case.tdsp}
    changes = [change for role, player in named.items() for change in tale.bring_in(role, player)]
    tale.press(transition, stage.market.operator, stage.market.clock, tale.at + timedelta(seconds=2), {})
    tale.events[-1].changes[:0] = changes
    tale.learn(
        GainingMP=case.gaining.duns,
        LosingMP=case.losing.duns,
        TDSPInvolved=case.tdsp.duns,
        GainingCRStartDate=f"{case.order.scheduled.isoformat()}T00:00:00",
    )
