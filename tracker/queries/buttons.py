"""The buttons of an issue that somebody may press now."""

from collections.abc import Sequence

from tracker.domain.permissions import Right
from tracker.domain.workflow import Transition, open_to
from tracker.models import Issue, Person
from tracker.queries.kinds import workflow_of
from tracker.queries.parties import Party, situation_of
from tracker.queries.rights import may


def buttons_for(actor: Person, issue: Issue, parties: Sequence[Party]) -> tuple[Transition, ...]:
    """What the actor may press on the issue, in the order of the page; nothing for who only reads."""
    if not may(actor, Right.WORK_ISSUES):
        return ()
    return open_to(workflow_of(issue), situation_of(actor, issue, parties))
