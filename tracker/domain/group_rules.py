"""Into which group a company's rules put a new issue."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its parts must all fit; a part that is none fits every issue."""

    group_id: int
    subtype: str | None
    esi_id_prefix: str | None

    def fits(self, subtype: str, esi_id: str | None) -> bool:
        """Whether an issue of this subtype and ESI ID is meant."""
        of_subtype = self.subtype is None or self.subtype == subtype
        return of_subtype and (self.esi_id_prefix is None or (esi_id or "").startswith(self.esi_id_prefix))


def first_fitting(rules: Iterable[Rule], subtype: str, esi_id: str | None) -> Rule | None:
    """The first rule, in the order of the company's list, that fits."""
    return next((rule for rule in rules if rule.fits(subtype, esi_id)), None)
