"""Whether somebody may do something at all, whatever the issue."""

from tracker.domain.permissions import Rank, Right, rights_of
from tracker.errors import Forbidden
from tracker.models import Person


def may(actor: Person, right: Right) -> bool:
    """The actor has this right."""
    return actor.active and right in rights_of(Rank(actor.rank), at_operator=actor.company.is_operator)


def require(actor: Person, right: Right) -> None:
    """Raise `Forbidden` unless the actor has this right."""
    if not may(actor, right):
        raise Forbidden(f"Your account may not {right}. Ask an administrator of {actor.company.name}.")
