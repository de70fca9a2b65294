"""Whether somebody may do something at all, whatever the issue."""

from tracker.domain.permissions import OF_THE_OPERATOR_ALONE, Rank, Right, rights_of
from tracker.domain.sentence import Sentence
from tracker.errors import Forbidden
from tracker.models import Person


def may(actor: Person, right: Right) -> bool:
    """The actor has this right."""
    return actor.active and right in rights_of(Rank(actor.rank), at_operator=actor.company.is_operator)


def require(actor: Person, right: Right) -> None:
    """Raise `Forbidden` unless the actor has this right."""
    if not may(actor, right):
        raise Forbidden(_missing(actor, right))


def _missing(actor: Person, right: Right) -> Sentence:
    """Who can help: nobody gives to one of another company what is the operator's alone."""
    if right in OF_THE_OPERATOR_ALONE and not actor.company.is_operator:
        ranks = " and ".join(f"{rank}s" for rank in OF_THE_OPERATOR_ALONE[right])
        text = (
            "Your account may not {right}. That is for {ranks} of ERCOT alone; your own company cannot give it to you."
        )
        return Sentence("right-of-the-operator", text, right=right, ranks=ranks)
    text = "Your account may not {right}. Ask an administrator of {company}."
    return Sentence("right-missing", text, right=right, company=actor.company.name)
