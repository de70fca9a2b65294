"""Projects, and all that no other subtype is meant for."""

from tracker.domain.roles import CompanyKind
from tracker.domain.subtype import Subtype
from tracker.domain.subtypes._checks import ORDER_CHECKS
from tracker.domain.subtypes._fields import (
    ASSIGNEE,
    COMMENTS_TEXT,
    ESI_ID,
    GS_NUM,
    ISA_NUM,
    ORIG_TRXN_ID,
    SERVICE_START,
    TRXN_DATE,
    TRXN_TYPE,
)
from tracker.domain.subtypes._standard import STANDARD_ORDER

FAMILY = "Projects and other"

FIELDS = (
    ASSIGNEE,
    ESI_ID.optional(),
    ORIG_TRXN_ID.optional(),
    TRXN_TYPE.optional(),
    TRXN_DATE.optional(),
    GS_NUM.optional(),
    ISA_NUM.optional(),
    COMMENTS_TEXT.optional(),
    SERVICE_START.optional(),
)

PROJECTS = Subtype(
    key="projects",
    type="D2D",
    name="Projects",
    wire="Proj",
    family=FAMILY,
    when="Work on many premises, such as a system migration or a system failure, has to be agreed and followed.",
    instead="For one premise with one problem, file the subtype of that problem; for a request that fits nowhere, "
    "Other.",
    words="project migration outage system issue mass transition many ESI IDs conversion",
    workflow=STANDARD_ORDER,
    fields=FIELDS,
    checks=ORDER_CHECKS,
    filed_by=(CompanyKind.CR, CompanyKind.TDSP, CompanyKind.ERCOT),
)

OTHER = Subtype(
    key="other",
    type="D2D",
    name="Other",
    wire="Other",
    family=FAMILY,
    when="No other subtype fits, such as a question about a report, a Texas SET rule or data to be sent again.",
    instead="Look for a subtype of its own first, which is answered faster; if you rely on an approved rule, file "
    "Market Rule.",
    words="other question report request help reprocess data request miscellaneous anything else",
    workflow=STANDARD_ORDER,
    fields=FIELDS,
    checks=ORDER_CHECKS,
)

SUBTYPES: tuple[Subtype, ...] = (PROJECTS, OTHER)
