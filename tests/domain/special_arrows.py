"""The arrows of the workflows of their own, as they are documented (marketrak.md sections 4.5 to 4.12).

A row reads: state | button | who presses it | state after it | whose turn it is then.
"""

from typing import NamedTuple

from tracker.domain.roles import Role


class Arrow(NamedTuple):
    """One arrow as it is documented; `by` is empty for what only the clock or a check presses."""

    workflow: str
    state: str
    key: str
    by: frozenset[Role]
    to: str
    turn: Role | None


EVERYWHERE = {
    "add-comment",
    "assign-owner",
    "assign-to-group",
    "close",
    "close-by-ercot",
    "edit",
    "update-siebel-status-substatus",
}
"""What stands in all open states alike; `test_catalogue` looks after it."""

PARKED = """
Pending Issue | submit | Submitter | {first} | {turn}
Pending Issue / {first} | withdraw | Submitter | Withdrawn | -
"""
RETURNED = """
Pending Issue | {back} | Submitter | {first} | {turn}
"""
TO_ERCOT = (PARKED + RETURNED).format(first="New (ERCOT)", turn="ERCOT", back="return-to-ercot")
TO_ASSIGNEE = PARKED.format(first="New (Assignee)", turn="Assignee")
BACK_TO_ASSIGNEE = RETURNED.format(first="New (Assignee)", turn="Assignee", back="return-to-assignee")
TO_TDSP = PARKED.format(first="New (TDSP)", turn="TDSP")
UNPARKED = """
New (Assignee) | withdraw | Submitter | Withdrawn | -
"""

ENDING = """
{answered} | accept | Submitter | Complete | -
{answered} | auto-complete | system | Auto Complete | -
"""
ANSWERED = "Pending Complete / Unexecutable (PC)"
REASSIGNING = """
New (Assignee) / In Progress (Assignee) | re-assign | Assignee, ERCOT | New (Assignee) | Assignee
"""

ERCOT_CANCELS = """
New (ERCOT) | begin-working | ERCOT | In Progress (ERCOT) | ERCOT
In Progress (ERCOT) | ercot-cancel | ERCOT | Cancelled (PC) | Submitter
In Progress (ERCOT) | already-cancelled | ERCOT | Cancelled (PC) | Submitter
In Progress (ERCOT) | tdsp-cancel | ERCOT | New (TDSP) | TDSP
In Progress (ERCOT) | send-to-tdsp | ERCOT | New (TDSP) | TDSP
In Progress (ERCOT) | unable-to-cancel | ERCOT | Unable To Cancel (PC) | Submitter
New (TDSP) | begin-working | TDSP | In Progress (TDSP) | TDSP
In Progress (TDSP) | item-cancelled | TDSP | Cancelled (PC) | Submitter
In Progress (TDSP) | unable-to-cancel | TDSP | Unable To Cancel (PC) | Submitter
In Progress (TDSP) | return-to-ercot | TDSP | New (ERCOT) | ERCOT
Cancelled (PC) / Unable To Cancel (PC) | return-to-ercot-by-submitter | Submitter | New (ERCOT) | ERCOT
""" + ENDING.format(answered="Cancelled (PC) / Unable To Cancel (PC)")

OTHER_SIDE_AGREES = """
New (Assignee) | begin-working | Assignee | In Progress (Assignee) | Assignee
In Progress (Assignee) | agree | Assignee | New (ERCOT) | ERCOT
In Progress (Assignee) | send-to-ercot | Assignee | New (ERCOT) | ERCOT
In Progress (Assignee) | disagree | Assignee | Unexecutable (PC) | Submitter
In Progress (Assignee) | unexecutable | Assignee | Unexecutable (PC) | Submitter
In Progress (Assignee) | already-cancelled | Assignee | Cancelled (PC) | Submitter
In Progress (Assignee) | additional-info-required | Assignee | Pending Issue | Submitter
In Progress (ERCOT) | return-to-assignee | ERCOT | New (Assignee) | Assignee
Unexecutable (PC) | return-to-ercot-by-submitter | Submitter | New (ERCOT) | ERCOT
""" + ENDING.format(answered="Unexecutable (PC)")

ERCOT_ASKS = """
In Progress (ERCOT) | additional-info-required | ERCOT | Pending Issue | Submitter
"""

PICKING = (
    ERCOT_ASKS
    + """
New (ERCOT) | begin-working | ERCOT | In Progress (ERCOT) | ERCOT
New (ERCOT) | select-iag-parties-by-registry | system | New ({second} CR) | {second}
In Progress (ERCOT) | select-iag-parties | ERCOT | New ({second} CR) | {second}
In Progress (ERCOT) | invalid-iag | ERCOT | Invalid IAG | -
"""
)

REGAINED = "Regaining Transaction Submitted (PC) / Regaining Transaction Re_Submitted (PC)"
REGAIN = (
    """
New (Gaining CR) | begin-working | Gaining | In Progress (Gaining CR) | Gaining
In Progress (Gaining CR) | agree | Gaining | New (Losing CR) | Losing
In Progress (Gaining CR) | send-to-losing-cr | Gaining | New (Losing CR) | Losing
In Progress (Gaining CR) | disagree | Gaining | New (Losing CR) | Losing
In Progress (Gaining CR) | unexecutable | Gaining | Unexecutable (PC) | Submitter
In Progress (Gaining CR) | send-to-ercot | Gaining | New (ERCOT Resolve) | ERCOT
New (Losing CR) | begin-working | Losing | In Progress (Losing CR) | Losing
In Progress (Losing CR) | agree | Losing | New (TDSP) | TDSP
In Progress (Losing CR) | send-to-tdsp | Losing | New (TDSP) | TDSP
In Progress (Losing CR) | unexecutable | Losing | Unexecutable (PC) | Submitter
In Progress (Losing CR) | send-to-gaining-cr | Losing | New (Gaining CR) | Gaining
In Progress (Losing CR) | send-to-ercot | Losing | New (ERCOT Resolve) | ERCOT
New (TDSP) | begin-working | TDSP | In Progress (TDSP) | TDSP
In Progress (TDSP) | ready-to-receive | TDSP | New (Losing CR Submit) | Losing
In Progress (TDSP) | request-updated-proposed-regain-date | TDSP | New (Losing CR) | Losing
In Progress (TDSP) | unexecutable | TDSP | Unexecutable (PC) | Submitter
In Progress (TDSP) | send-to-ercot | TDSP | New (ERCOT Resolve) | ERCOT
New (Losing CR Submit) | begin-working | Losing | In Progress (Submit Regaining) | Losing
In Progress (Submit Regaining) | provide-regaining-bgn02 | Losing | Regaining Transaction Submitted (PC) | Submitter
{regained} | losing-cr-re-submit | Gaining, TDSP, Submitter | New (Losing CR Re-Submit) | Losing
New (Losing CR Re-Submit) | begin-working | Losing | In Progress (Re-Submit Regaining) | Losing
In Progress (Re-Submit Regaining) | re-submit-regaining-bgn02 | Losing | {resubmitted} | Submitter
{regained} | update-regaining-transaction-siebel-status | Submitter, Gaining, Losing, TDSP, ERCOT | = | Submitter
New (ERCOT Resolve) | begin-working | ERCOT | In Progress (ERCOT Resolve) | ERCOT
In Progress (ERCOT Resolve) | complete | ERCOT | Pending Complete | Submitter
In Progress (ERCOT Resolve) | send-to-gaining-cr | ERCOT | New (Gaining CR) | Gaining
In Progress (ERCOT Resolve) | send-to-losing-cr | ERCOT | New (Losing CR) | Losing
In Progress (ERCOT Resolve) | send-to-tdsp | ERCOT | New (TDSP) | TDSP
In Progress (ERCOT Resolve) | send-to-submitting-cr | ERCOT | Pending Issue | Submitter
Pending Complete / Unexecutable (PC) | return-to-ercot-by-submitter | Submitter | New (ERCOT Resolve) | ERCOT
""".format(regained=REGAINED, resubmitted="Regaining Transaction Re_Submitted (PC)")
    + ENDING.format(answered=f"{ANSWERED} / {REGAINED}")
)

FEES_ANSWERED = f"{ANSWERED} / Return to Losing CR (PC)"
REDIRECT_FEES = f"""
New (Gaining CR) | begin-working | Gaining | In Progress (Gaining CR) | Gaining
In Progress (Gaining CR) | agree | Gaining | New (TDSP) | TDSP
In Progress (Gaining CR) | send-to-tdsp | Gaining | New (TDSP) | TDSP
In Progress (Gaining CR) | return-to-losing-cr | Gaining | Return to Losing CR (PC) | Submitter
In Progress (Gaining CR) | unexecutable | Gaining | Unexecutable (PC) | Submitter
New (TDSP) | begin-working | TDSP | In Progress (TDSP) | TDSP
In Progress (TDSP) | redirect-fees | TDSP | Pending Complete | Submitter
In Progress (TDSP) | return-to-losing-cr | TDSP | Return to Losing CR (PC) | Submitter
In Progress (TDSP) | unexecutable | TDSP | Unexecutable (PC) | Submitter
{FEES_ANSWERED} | return-for-processing | Submitter | New (Gaining CR) | Gaining
""" + ENDING.format(answered=FEES_ANSWERED)

VOTED = "Agreement Reached (PC) / No Agreement Reached (PC)"
VOTE = f"""
New (ERCOT) | begin-working | ERCOT | In Progress (ERCOT) | ERCOT
In Progress (ERCOT) | select-ias-parties | ERCOT | Vote | ERCOT
Vote | agree | ERCOT | Agreement Reached (PC) | Submitter
Vote | disagree | ERCOT | No Agreement Reached (PC) | Submitter
{VOTED} | return-to-vote | Submitter | Vote | ERCOT
""" + ENDING.format(answered=VOTED)

FINAL = "In Progress (TDSP) - Final Review"
SWITCH_HOLD = f"""
New (TDSP) | begin-working | TDSP | In Progress (TDSP) | TDSP
In Progress (TDSP) | send-to-rep-of-record | TDSP | New (Assignee) | Assignee
In Progress (TDSP) | no-rep-of-record | TDSP | {FINAL} | TDSP
In Progress (TDSP) | additional-info-required | TDSP | New | Submitter
In Progress (TDSP) | unexecutable | TDSP | Unexecutable (PC) | Submitter
New | send-to-tdsp | Submitter | New (TDSP) | TDSP
New (Assignee) | begin-working | Assignee | In Progress (Assignee) | Assignee
In Progress (Assignee) | agree | Assignee | New (TDSP) - Final Review | TDSP
In Progress (Assignee) | disagree | Assignee | New (TDSP) - Final Review | TDSP
New (Assignee) / In Progress (Assignee) | time-limit-exceeded | TDSP | {FINAL} | TDSP
New (TDSP) - Final Review | begin-working | TDSP | {FINAL} | TDSP
{FINAL} | switch-hold-removed | TDSP | Pending Complete | Submitter
{FINAL} | switch-hold-not-removed | TDSP | Unexecutable (PC) | Submitter
{FINAL} | return-to-rep-of-record | TDSP | New (Assignee) | Assignee
{ANSWERED} | return-for-processing | Submitter | New (TDSP) - Final Review | TDSP
""" + ENDING.format(answered=ANSWERED)

MARKET_RULE = (
    REASSIGNING
    + """
New (Assignee) | begin-working | Assignee | In Progress (Assignee) | Assignee
In Progress (Assignee) | complete | Assignee | Pending Complete | Submitter
In Progress (Assignee) | unexecutable | Assignee | Unexecutable (PC) | Submitter
In Progress (Assignee) | assign-to-submitter | Assignee | New | Submitter
In Progress (Assignee) | assign-to-secondary | Assignee | New (Secondary) | Secondary
In Progress (Assignee) | assign-to-ercot | Assignee | New (ERCOT) | ERCOT
New | return-to-assignee | Submitter | New (Assignee) | Assignee
New (Secondary) | begin-working | Secondary | In Progress (Secondary) | Secondary
In Progress (Secondary) | assign-to-primary | Secondary | New (Assignee) | Assignee
In Progress (Secondary) | complete | Secondary | Pending Complete | Submitter
In Progress (Secondary) | assign-to-submitter | Secondary | New | Submitter
New (ERCOT) | begin-working | ERCOT | In Progress (ERCOT) | ERCOT
In Progress (ERCOT) | complete | ERCOT | Pending Complete | Submitter
In Progress (ERCOT) | unexecutable | ERCOT | Unexecutable (PC) | Submitter
In Progress (ERCOT) | ercot-return | ERCOT | New (Assignee) | Assignee
Pending Complete / Unexecutable (PC) | return-for-processing | Submitter | New (Assignee) | Assignee
"""
    + ENDING.format(answered=ANSWERED)
)

LSE_ANSWERED = f"{ANSWERED} / No Agreement Reached (PC)"
DEV_LSE = (
    REASSIGNING
    + f"""
New (ERCOT) | perform-analysis | ERCOT | Failed Analysis (PC) | Submitter
New (ERCOT) | passed-analysis | ERCOT | New (Assignee) | Assignee
New (ERCOT) | begin-working | ERCOT | In Progress (ERCOT) | ERCOT
Failed Analysis (PC) | accept | Submitter | Complete (Failed Analysis) | -
Failed Analysis (PC) | auto-complete | system | Complete (Failed Analysis) | -
New (Assignee) | begin-working | Assignee | In Progress (Assignee) | Assignee
In Progress (Assignee) | agree | Assignee | New (ERCOT) | ERCOT
In Progress (Assignee) | modify-reassign | Assignee | New (Pending Approval) | Submitter
In Progress (Assignee) | no-agreement-reached | Assignee | No Agreement Reached (PC) | Submitter
New (Pending Approval) | begin-working | Submitter | In Progress (Pending Approval) | Submitter
In Progress (Pending Approval) | update-approved | Submitter | New (ERCOT) | ERCOT
In Progress (Pending Approval) | disagree | Submitter | New (Assignee) | Assignee
In Progress (Pending Approval) | return-to-assignee | Submitter | New (Assignee) | Assignee
In Progress (ERCOT) | complete | ERCOT | Pending Complete | Submitter
In Progress (ERCOT) | unable-to-complete | ERCOT | Unexecutable (PC) | Submitter
In Progress (ERCOT) | return-to-assignee | ERCOT | New (Assignee) | Assignee
{LSE_ANSWERED} / Failed Analysis (PC) | return-to-ercot | Submitter | New (ERCOT) | ERCOT
"""
    + ENDING.format(answered=LSE_ANSWERED)
)

BY_ERCOT = (
    BACK_TO_ASSIGNEE
    + REASSIGNING
    + """
New (Assignee) | begin-working | Assignee | In Progress (Assignee) | Assignee
In Progress (Assignee) | complete | Assignee | Pending Complete | Submitter
In Progress (Assignee) | unable-to-complete | Assignee | Unexecutable (PC) | Submitter
In Progress (Assignee) | return-to-ercot | Assignee | Pending Issue | Submitter
Pending Complete / Unexecutable (PC) | return-to-assignee | Submitter | New (Assignee) | Assignee
"""
    + ENDING.format(answered=ANSWERED)
)

ONE_BY_ONE = """
New (Assignee) / In Progress (Assignee) | request-lpa-1-1 | Assignee | Pending Approval (LPA 1:1) | ERCOT
Pending Approval (LPA 1:1) | lpa-1-1 | ERCOT | New (LPA 1:1) | ERCOT
Pending Approval (LPA 1:1) | return-to-assignee | ERCOT | New (Assignee) | Assignee
New (LPA 1:1) | submit-lpa-1-1 | ERCOT | In Progress (LPA 1:1) | Assignee
In Progress (LPA 1:1) | children-complete | system | Complete | -
"""

DOCUMENTED = {
    "cancel-with-approval": TO_ASSIGNEE + BACK_TO_ASSIGNEE + OTHER_SIDE_AGREES + ERCOT_CANCELS,
    "cancel-without-approval": TO_ERCOT + ERCOT_ASKS + ERCOT_CANCELS,
    "inadvertent-gaining": TO_ERCOT + PICKING.format(second="Losing") + REGAIN,
    "inadvertent-losing": TO_ERCOT + PICKING.format(second="Gaining") + REGAIN,
    "customer-rescission": TO_ERCOT + PICKING.format(second="Losing") + REGAIN,
    "redirect-fees": TO_ERCOT + PICKING.format(second="Gaining") + REDIRECT_FEES,
    "inadvertent-switch": TO_ERCOT + ERCOT_ASKS + VOTE,
    "switch-hold-removal": TO_TDSP + SWITCH_HOLD,
    "market-rule": TO_ASSIGNEE + MARKET_RULE,
    "dev-lse": TO_ERCOT + ERCOT_ASKS + DEV_LSE,
    "ercot-initiated": TO_ASSIGNEE + BY_ERCOT,
    "lpa": UNPARKED + BY_ERCOT + ONE_BY_ONE,
}


def arrows_of(workflow: str, table: str) -> list[Arrow]:
    """The rows of a table; a row may name several states, and `=` is the state that it stands in."""
    found = []
    for row in filter(None, table.splitlines()):
        states, key, by, to, turn = row.split(" | ")
        roles = frozenset(Role(role) for role in by.split(", ") if role != "system")
        for state in states.split(" / "):
            found.append(
                Arrow(workflow, state, key, roles, state if to == "=" else to, None if turn == "-" else Role(turn))
            )
    return found


ARROWS = [arrow for workflow, table in DOCUMENTED.items() for arrow in arrows_of(workflow, table)]
