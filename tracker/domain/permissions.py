"""Who may do what, as a table: the rank of a person inside the own company gives rights."""

from collections.abc import Mapping
from enum import StrEnum

from tracker.domain.tables import complete, known


class Rank(StrEnum):
    """What a person is inside the own company. `SYSTEM` is the clock."""

    READER = "reader"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


class Right(StrEnum):
    """Something that not everybody may do. Seeing an issue is no right: that is the visibility of companies."""

    WORK_ISSUES = "file issues, press transitions, comment and attach"
    MANAGE_PEOPLE = "manage the people and groups of the own company"
    MANAGE_COMPANIES = "manage the companies of the market"
    CONFIRM_CLOCK = "say that the clock is right"
    SHARE_VIEWS = "share views inside the own company"
    MANAGE_VIEWS = "manage the views that the own company shares"
    PUBLISH_VIEWS = "show views to the whole market"


RIGHTS: Mapping[Rank, frozenset[Right]] = complete(
    "rights of ranks",
    Rank,
    {
        Rank.READER: frozenset(),
        Rank.ANALYST: frozenset({Right.WORK_ISSUES, Right.SHARE_VIEWS}),
        Rank.ADMINISTRATOR: frozenset({Right.WORK_ISSUES, Right.MANAGE_PEOPLE, Right.SHARE_VIEWS, Right.MANAGE_VIEWS}),
        Rank.SYSTEM: frozenset({Right.WORK_ISSUES}),
    },
)

OPERATOR_RIGHTS: Mapping[Rank, frozenset[Right]] = {
    Rank.ANALYST: frozenset({Right.PUBLISH_VIEWS}),
    Rank.ADMINISTRATOR: frozenset({Right.MANAGE_COMPANIES, Right.CONFIRM_CLOCK, Right.PUBLISH_VIEWS}),
    Rank.SYSTEM: frozenset({Right.CONFIRM_CLOCK}),
}
"""What the same rank may do besides, at ERCOT; ERCOT has no readers."""

known("rights that somebody has", Right, frozenset().union(*RIGHTS.values(), *OPERATOR_RIGHTS.values()))

OF_THE_OPERATOR_ALONE: Mapping[Right, tuple[Rank, ...]] = {
    right: tuple(rank for rank in Rank if rank is not Rank.SYSTEM and right in OPERATOR_RIGHTS.get(rank, ()))
    for right in Right
    if not any(right in rights for rights in RIGHTS.values())
}
"""The rights that nobody has outside ERCOT, and the people there who have them."""


def rights_of(rank: Rank, *, at_operator: bool) -> frozenset[Right]:
    """The rights of somebody of this rank."""
    return RIGHTS[rank] | (OPERATOR_RIGHTS.get(rank, frozenset()) if at_operator else frozenset())


def ranks_at(*, operator: bool) -> tuple[Rank, ...]:
    """The ranks that a person can be given."""
    return (Rank.ANALYST, Rank.ADMINISTRATOR) if operator else (Rank.READER, Rank.ANALYST, Rank.ADMINISTRATOR)
