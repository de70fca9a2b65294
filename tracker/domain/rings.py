"""Who reads a comment, a file or an entry of the timeline: all parties, one company, or one company and ERCOT.

What is said in a ring stays in it: nothing is ever moved to another one. Who wants others to read it quotes it.
"""

from dataclasses import dataclass
from enum import StrEnum


class Ring(StrEnum):
    """How far something is read."""

    PARTIES = "parties"
    COMPANY = "company"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Audience:
    """Whose note something is, by the ids of the companies; all parties read what is nobody's note."""

    company_id: int | None = None
    operator_id: int | None = None

    @property
    def is_private(self) -> bool:
        """Not all parties read it."""
        return self.company_id is not None

    def as_columns(self) -> dict[str, int | None]:
        """The columns of a row that this audience reads (`models.ring.InRing`)."""
        return {"ring_company_id": self.company_id, "ring_operator_id": self.operator_id}


ALL_PARTIES = Audience()
