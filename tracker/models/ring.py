"""The columns that say who reads a row."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from tracker.domain.rings import Ring


class InRing:
    """Read by all parties; or by one company alone (`ring_company_id`), with the operator if that is named as well.

    The two companies are all there is to ask: a reader is one of them, or both are null
    (`queries.visibility.company_reads`, docs/decisions/0011).
    """

    @declared_attr
    @classmethod
    def ring_company_id(cls) -> Mapped[int | None]:
        """The company whose note it is; null for what all parties read."""
        return mapped_column(ForeignKey("company.id"))

    @declared_attr
    @classmethod
    def ring_operator_id(cls) -> Mapped[int | None]:
        """ERCOT, where it reads the note as well."""
        return mapped_column(ForeignKey("company.id"))

    @property
    def ring(self) -> Ring:
        """How far it is read."""
        if self.ring_company_id is None:
            return Ring.PARTIES
        return Ring.OPERATOR if self.ring_operator_id else Ring.COMPANY
