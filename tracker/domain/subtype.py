"""What a subtype is: the kind of an issue, its fields, its checks and its workflow."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from tracker.domain.claims import Claimed
from tracker.domain.fields import Field, Value
from tracker.domain.roles import CompanyKind, Role
from tracker.domain.workflow import Workflow


class Check(StrEnum):
    """A question put to the market registry before an issue goes on (marketrak.md section 3.2)."""

    ESI_ID_KNOWN = "ValidateESIID"
    TDSP_OWNS_IT = "ValidateTDSP"
    TRAN_ID_MATCHES_ORDER = "ValidateGlobalID"
    OTHER_ISSUE_ON_ESI_ID = "CheckDuplicateESIID"
    OTHER_ISSUE_ON_ORDER = "CheckDuplicateGlobalID"
    EVALUATION_WINDOW = "ValidateEvaluationWindow"


Rule = Callable[[Mapping[str, Value]], Mapping[str, str]]
"""A rule with data in it: the reasons of what it refuses, by field name; empty when all is well."""


@dataclass(frozen=True)
class Subtype:
    """One kind of issue. `name` is the market's exact name; `when` and `instead` are for the filer.

    `family` is its place in the menu, `words` what people type when they look for it, `filed_by` the
    kinds of company that may file it. `later_fields` are filled by transitions or by the registry.
    """

    key: str
    type: str
    name: str
    family: str
    when: str
    instead: str
    workflow: Workflow
    fields: tuple[Field, ...]
    wire: str | None = None
    later_fields: tuple[Field, ...] = ()
    checks: tuple[Check, ...] = ()
    rules: tuple[Rule, ...] = ()
    filed_by: tuple[CompanyKind, ...] = (CompanyKind.CR, CompanyKind.TDSP)
    words: str = ""
    submitter_role: Role | None = None
    """The role that the filer holds besides Submitter."""
    claimed: tuple[Claimed, ...] = ()
    """The values that it is about, of which each side says what it is."""
    picks_parties: bool = False
    """The registry names gaining CR, losing CR and TDSP; nobody types them."""
    needs_attachment: bool = False
    keeps_request: bool = False
    """The dates first asked for stay beside those now proposed."""
    never_by_rep_of_record: bool = False
    retired: bool = False

    @cached_property
    def all_fields(self) -> Mapping[str, Field]:
        """Every field that an issue of this subtype can hold, by name, in the order of the page."""
        known = {field.name: field for field in self.fields + self.later_fields}
        for transition in self.workflow.transitions:
            for field in transition.fields:
                known.setdefault(field.name, field)
        return known

    @property
    def full_name(self) -> str:
        """The name with its type, where the name alone is used by two types."""
        return self.name if self.type in ("D2D", self.name) else f"{self.type} · {self.name}"
