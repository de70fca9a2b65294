"""Inadvertent Switch, retired in 2008: three companies voted (marketrak.md section 4.12). Readable, not filed."""

from tracker.domain.fields import Choice
from tracker.domain.roles import CompanyKind, Role
from tracker.domain.subtype import Check, Subtype
from tracker.domain.subtypes._fields import (
    COMMENTS_TEXT,
    ESI_ID,
    GAINING_MP,
    LOSING_MP,
    ORIG_TRXN_ID,
    TDSP_INVOLVED,
    TRXN_DATE,
    TRXN_TYPE,
)
from tracker.domain.subtypes._standard import ENDS, acceptance, begin, everywhere, filing, send_back
from tracker.domain.workflow import Tone, Transition, Workflow

GAINING_LOSING = Choice(
    name="GainingLosing",
    label="Gaining or losing",
    help="Whether the company that filed had gained or lost the customer.",
    values=("Gaining", "Losing"),
)

ANSWERED = ("Agreement Reached (PC)", "No Agreement Reached (PC)")
TURNS: dict[str, Role | None] = {
    "Pending Issue": Role.SUBMITTER,
    "New (ERCOT)": Role.ERCOT,
    "In Progress (ERCOT)": Role.ERCOT,
    "Vote": Role.ERCOT,
    **dict.fromkeys(ANSWERED, Role.SUBMITTER),
    **ENDS,
}

VOTE = Workflow(
    key="inadvertent-switch",
    version=1,
    start="New (ERCOT)",
    turns=TURNS,
    transitions=(
        *filing("New (ERCOT)", back="Return To ERCOT"),
        begin("New (ERCOT)", "In Progress (ERCOT)", Role.ERCOT),
        Transition(
            name="Select IAS Parties",
            source="In Progress (ERCOT)",
            to="Vote",
            by=Role.ERCOT,
            needs=(GAINING_MP, LOSING_MP, TDSP_INVOLVED),
            help="Named the three companies that voted.",
        ),
        send_back(
            "Additional Info Required",
            "In Progress (ERCOT)",
            "Pending Issue",
            Role.ERCOT,
            "Asked the submitter for something that was missing.",
        ),
        Transition(
            name="Agree",
            source="Vote",
            to="Agreement Reached (PC)",
            by=Role.ERCOT,
            help="Recorded that all three companies voted to return the customer.",
        ),
        Transition(
            name="Disagree",
            source="Vote",
            to="No Agreement Reached (PC)",
            by=Role.ERCOT,
            tone=Tone.NEGATIVE,
            help="Recorded that a company voted against returning the customer.",
        ),
        Transition(
            name="Return To Vote",
            source=ANSWERED,
            to="Vote",
            by=Role.SUBMITTER,
            needs_comment=True,
            tone=Tone.NEGATIVE,
            help="Opened the ballot again.",
        ),
        *acceptance(ANSWERED),
        *everywhere(state for state, role in TURNS.items() if role),
    ),
)

INADVERTENT_SWITCH = Subtype(
    key="inadvertent-switch",
    type="D2D",
    name="Inadvertent Switch",
    family="A customer with the wrong retailer",
    when="Retired in August 2008: a customer was switched by mistake, and the companies voted.",
    instead="Today file Inadvertent Gaining or Inadvertent Losing.",
    words="legacy vote",
    workflow=VOTE,
    fields=(ESI_ID, ORIG_TRXN_ID, GAINING_LOSING, TRXN_TYPE.optional(), TRXN_DATE.optional(), COMMENTS_TEXT.optional()),
    checks=(Check.ESI_ID_KNOWN, Check.OTHER_ISSUE_ON_ESI_ID),
    filed_by=(CompanyKind.CR,),
    retired=True,
)

SUBTYPES = (INADVERTENT_SWITCH,)
