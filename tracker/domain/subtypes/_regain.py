"""Returning a customer: the machine that the inadvertent gains and losses and the rescissions share.

ERCOT, or the registry, names the three companies; the retailers agree; the wires company says when it is
ready; the losing retailer sends the regaining transaction (marketrak.md sections 4.6 and 4.7).
"""

from tracker.domain.fields import Field
from tracker.domain.roles import Role
from tracker.domain.subtypes._fields import (
    GAINING_CR_START_DATE,
    GAINING_CRROR,
    GAINING_MP,
    INVALID_IAG_REASON,
    LOSING_MP,
    PROPOSED_REGAIN_DATE,
    REGAINING_BGN02,
    REGAINING_TRXN_SUBMIT_DATE,
    TDSP_INVOLVED,
    TRANSACTION_DATE,
)
from tracker.domain.subtypes._standard import ENDS, acceptance, begin, everywhere, filing, send_back, unexecutable
from tracker.domain.workflow import Effect, Tone, Transition, Workflow

REASONS = (
    "3rd party CR has regained/transaction completed",
    "Authorized Enrollment Confirmed",
    "Duplicate Issue",
    "New Transaction Completed",
    "Customer Rescission Issue-MT linked",
    "Other",
)
TDSP_REASONS = ("3rd party CR has regained/transaction completed", "New Transaction Completed", "Other")

REGAINING = ("Regaining Transaction Submitted (PC)", "Regaining Transaction Re_Submitted (PC)")
ANSWERED = ("Pending Complete", "Unexecutable (PC)", *REGAINING)

TURNS: dict[str, Role | None] = {
    "Pending Issue": Role.SUBMITTER,
    "New (ERCOT)": Role.ERCOT,
    "In Progress (ERCOT)": Role.ERCOT,
    "New (Gaining CR)": Role.GAINING,
    "In Progress (Gaining CR)": Role.GAINING,
    "New (Losing CR)": Role.LOSING,
    "In Progress (Losing CR)": Role.LOSING,
    "New (TDSP)": Role.TDSP,
    "In Progress (TDSP)": Role.TDSP,
    "New (Losing CR Submit)": Role.LOSING,
    "In Progress (Submit Regaining)": Role.LOSING,
    "New (Losing CR Re-Submit)": Role.LOSING,
    "In Progress (Re-Submit Regaining)": Role.LOSING,
    "New (ERCOT Resolve)": Role.ERCOT,
    "In Progress (ERCOT Resolve)": Role.ERCOT,
    **dict.fromkeys(ANSWERED, Role.SUBMITTER),
    **ENDS,
    "Invalid IAG": None,
}


def regain(key: str, second: str, *, ready_asks: tuple[Field, ...] = ()) -> Workflow:
    """The machine of returning a customer; `second` is the state of the retailer that is asked first.

    `ready_asks` is what the TDSP may tell when it is ready.
    """
    return Workflow(
        key=key,
        version=1,
        start="New (ERCOT)",
        turns=TURNS,
        transitions=(
            *filing("New (ERCOT)", back="Return To ERCOT"),
            *select_parties(second),
            *GAINING,
            *LOSING,
            _ready(ready_asks),
            *TDSP,
            *SUBMITTING,
            *RESOLVING,
            *acceptance(ANSWERED),
            *everywhere((state for state, role in TURNS.items() if role), order_status=True),
        ),
    )


def select_parties(second: str) -> tuple[Transition, ...]:
    """ERCOT names the parties, or says that there was no such loss; the registry may name them before."""
    return (
        Transition(
            name="Select IAG Parties",
            key="select-iag-parties-by-registry",
            source="New (ERCOT)",
            to=second,
            system=True,
            tone=Tone.SYSTEM,
            help="The market registry names gaining CR, losing CR and TDSP, so the issue goes on at once.",
        ),
        begin("New (ERCOT)", "In Progress (ERCOT)", Role.ERCOT),
        Transition(
            name="Select IAG Parties",
            source="In Progress (ERCOT)",
            to=second,
            by=Role.ERCOT,
            needs=(GAINING_MP, LOSING_MP, TDSP_INVOLVED),
            asks=(GAINING_CR_START_DATE, GAINING_CRROR),
            help="Names the gaining CR, the losing CR and the TDSP; they see the issue from then on.",
        ),
        Transition(
            name="Invalid IAG",
            source="In Progress (ERCOT)",
            to="Invalid IAG",
            by=Role.ERCOT,
            needs=(INVALID_IAG_REASON,),
            tone=Tone.NEGATIVE,
            help="Says that this was no inadvertent gain or loss, and why; the issue ends.",
        ),
        send_back(
            "Additional Info Required",
            "In Progress (ERCOT)",
            "Pending Issue",
            Role.ERCOT,
            "Asks the submitter for something that ERCOT needs before it can name the parties.",
        ),
    )


def _route(name: str, source: str, to: str, by: Role, help: str) -> Transition:
    return Transition(name=name, source=source, to=to, by=by, needs_comment=True, tone=Tone.SYSTEM, help=help)


def _to_resolve(source: str, by: Role) -> Transition:
    return _route(
        "Send To ERCOT", source, "New (ERCOT Resolve)", by, "Asks ERCOT to resolve what the companies cannot."
    )


GAINING = (
    begin("New (Gaining CR)", "In Progress (Gaining CR)", Role.GAINING),
    Transition(
        name="Agree",
        source="In Progress (Gaining CR)",
        to="New (Losing CR)",
        by=Role.GAINING,
        help="Agrees that the customer goes back; the losing CR proposes the date.",
    ),
    Transition(
        name="Send To Losing CR",
        source="In Progress (Gaining CR)",
        to="New (Losing CR)",
        by=Role.GAINING,
        needs_comment=True,
        help="Asks the losing CR something before you agree.",
    ),
    send_back(
        "Disagree",
        "In Progress (Gaining CR)",
        "New (Losing CR)",
        Role.GAINING,
        "Does not agree that the customer goes back, and says why.",
    ),
    unexecutable("In Progress (Gaining CR)", Role.GAINING, REASONS),
    _to_resolve("In Progress (Gaining CR)", Role.GAINING),
)

LOSING = (
    begin("New (Losing CR)", "In Progress (Losing CR)", Role.LOSING),
    Transition(
        name="Agree",
        source="In Progress (Losing CR)",
        to="New (TDSP)",
        by=Role.LOSING,
        needs=(PROPOSED_REGAIN_DATE,),
        help="Takes the customer back on the day that you propose; the TDSP says when it is ready.",
    ),
    Transition(
        name="Send To TDSP",
        source="In Progress (Losing CR)",
        to="New (TDSP)",
        by=Role.LOSING,
        needs=(PROPOSED_REGAIN_DATE,),
        needs_comment=True,
        help="Asks the TDSP to look at the proposed day, with a comment.",
    ),
    unexecutable("In Progress (Losing CR)", Role.LOSING, REASONS),
    _route(
        "Send To Gaining CR",
        "In Progress (Losing CR)",
        "New (Gaining CR)",
        Role.LOSING,
        "Asks the gaining CR to answer first.",
    ),
    _to_resolve("In Progress (Losing CR)", Role.LOSING),
)

TDSP = (
    begin("New (TDSP)", "In Progress (TDSP)", Role.TDSP),
    send_back(
        "Request Updated Proposed Regain Date",
        "In Progress (TDSP)",
        "New (Losing CR)",
        Role.TDSP,
        "Asks for another day, because the proposed one cannot be done.",
    ),
    unexecutable("In Progress (TDSP)", Role.TDSP, TDSP_REASONS),
    _to_resolve("In Progress (TDSP)", Role.TDSP),
)


def _ready(asks: tuple[Field, ...]) -> Transition:
    return Transition(
        name="Ready To Receive",
        source="In Progress (TDSP)",
        to="New (Losing CR Submit)",
        by=Role.TDSP,
        asks=asks,
        help="Says that the regaining transaction may be sent now.",
    )


def _send_regaining(name: str, source: str, to: str, help: str) -> Transition:
    return Transition(
        name=name,
        source=source,
        to=to,
        by=Role.LOSING,
        needs=(REGAINING_BGN02, REGAINING_TRXN_SUBMIT_DATE),
        asks=(TRANSACTION_DATE,),
        effects=(Effect.READS_REGAINING_ORDER,),
        help=help,
    )


SUBMITTING = (
    begin("New (Losing CR Submit)", "In Progress (Submit Regaining)", Role.LOSING),
    _send_regaining(
        "Provide Regaining BGN02",
        "In Progress (Submit Regaining)",
        "Regaining Transaction Submitted (PC)",
        "Gives the reference of the move-in that you sent to take the customer back.",
    ),
    begin("New (Losing CR Re-Submit)", "In Progress (Re-Submit Regaining)", Role.LOSING),
    _send_regaining(
        "Re-Submit Regaining BGN02",
        "In Progress (Re-Submit Regaining)",
        "Regaining Transaction Re_Submitted (PC)",
        "Gives the reference of the move-in that you sent again.",
    ),
    Transition(
        name="Losing CR Re-Submit",
        source=REGAINING,
        to="New (Losing CR Re-Submit)",
        by=(Role.GAINING, Role.TDSP, Role.SUBMITTER),
        needs_comment=True,
        tone=Tone.NEGATIVE,
        help="Says that the regaining transaction was rejected and has to be sent again.",
    ),
    Transition(
        name="Update Regaining Transaction Siebel Status",
        source=REGAINING,
        by=(Role.SUBMITTER, Role.GAINING, Role.LOSING, Role.TDSP, Role.ERCOT),
        tone=Tone.SYSTEM,
        effects=(Effect.READS_REGAINING_ORDER,),
        help="Reads anew how far the regaining order has come at ERCOT.",
    ),
)

RESOLVING = (
    begin("New (ERCOT Resolve)", "In Progress (ERCOT Resolve)", Role.ERCOT),
    Transition(
        name="Complete",
        source="In Progress (ERCOT Resolve)",
        to="Pending Complete",
        by=Role.ERCOT,
        needs_comment=True,
        help="Says how ERCOT resolved it; the submitter looks at it and accepts.",
    ),
    *(
        _route(
            name, "In Progress (ERCOT Resolve)", to, Role.ERCOT, f"Hands the issue to the {who} with what ERCOT found."
        )
        for name, to, who in (
            ("Send To Gaining CR", "New (Gaining CR)", "gaining CR"),
            ("Send To Losing CR", "New (Losing CR)", "losing CR"),
            ("Send To TDSP", "New (TDSP)", "TDSP"),
            ("Send To Submitting CR", "Pending Issue", "submitter"),
        )
    ),
    Transition(
        name="Return To ERCOT",
        key="return-to-ercot-by-submitter",
        source=("Pending Complete", "Unexecutable (PC)"),
        to="New (ERCOT Resolve)",
        by=Role.SUBMITTER,
        needs_comment=True,
        tone=Tone.NEGATIVE,
        help="Does not accept the answer: ERCOT is to resolve it.",
    ),
)
