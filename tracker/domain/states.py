"""The 53 states of the market’s interface: the status each counts as, and what it means for people."""

from collections.abc import Mapping

from tracker.domain.workflow import Status

_NEW: Mapping[str, str] = {
    "Pending Issue": "The submitter has it: a check warned, or it came back, and it waits to be put right and sent on.",
    "New": "It waits for the assignee, who has not begun yet.",
    "New - All": "It waits for any of the parties; no subtype uses this state today.",
    "New (Assignee)": "It waits for the assignee, who has not begun yet.",
    "New (Secondary)": "It waits for the third company that was brought in.",
    "New (TDSP)": "It waits for the wires company, which has not begun yet.",
    "New (TDSP) - Final Review": "The REP of record has answered; the wires company is to decide about the hold.",
    "New (ERCOT)": "It waits for ERCOT, which has not begun yet.",
    "New (ERCOT Resolve)": "The parties got stuck and asked ERCOT to sort it out.",
    "New (Gaining CR)": "It waits for the retailer that gained the ESI ID.",
    "New (Losing CR)": "It waits for the retailer that lost the ESI ID.",
    "New (Losing CR Submit)": "The wires company is ready; the losing retailer may send the regaining move-in now.",
    "New (Losing CR Re-Submit)": "The regaining move-in was rejected; the losing retailer is to send a new one.",
    "New (Pending Approval)": "Changed dates wait for the approval of the other party.",
    "New (LPA 1:1)": "The work is done in one child issue for each ESI ID; this one waits for all of them.",
    "Report Selected": "A report was chosen; its parameters are still to be given.",
}

_WORKING: Mapping[str, str] = {
    "Active": "An administrative record that is in force.",
    "In Progress": "The assignee is working on it.",
    "In Progress (Assignee)": "The assignee is working on it.",
    "In Progress (Secondary)": "The third company is working on it.",
    "In Progress (TDSP)": "The wires company is working on it.",
    "In Progress (TDSP) - Final Review": "The wires company is deciding about the switch hold.",
    "In Progress (ERCOT)": "ERCOT is working on it.",
    "In Progress (ERCOT Resolve)": "ERCOT is sorting out what the parties could not.",
    "In Progress (Gaining CR)": "The retailer that gained the ESI ID is working on it.",
    "In Progress (Losing CR)": "The retailer that lost the ESI ID is working on it.",
    "In Progress (Submit Regaining)": "The losing retailer is sending the regaining move-in.",
    "In Progress (Re-Submit Regaining)": "The losing retailer is sending the regaining move-in once more.",
    "In Progress (Pending Approval)": "The other party is looking at the changed dates.",
    "In Progress (LPA 1:1)": "The child issues, one for each ESI ID, are being worked.",
    "Pending Approval (LPA 1:1)": "A company asked for one issue for each ESI ID; ERCOT is to decide.",
    "Vote": "Three companies vote on who should serve the ESI ID; only retired issues are here.",
    "Parameters Provided": "The report has its parameters and can be started.",
    "Report Submitted": "The report is being made.",
}

_PENDING_COMPLETE: Mapping[str, str] = {
    "Pending Complete": "The work is done; the submitter is to accept it or send it back.",
    "Unexecutable (PC)": "It could not be done, for the reason given; the submitter is to accept that or send it back.",
    "Cancelled (PC)": "The order was cancelled; the submitter is to accept.",
    "Unable To Cancel (PC)": "The order could not be cancelled; the submitter is to accept that or send it back.",
    "Agreement Reached (PC)": "All parties agreed; the submitter is to accept.",
    "No Agreement Reached (PC)": "The parties did not agree; the submitter is to accept that or send it back.",
    "Failed Analysis (PC)": "ERCOT’s records do not bear the request out; the submitter is to accept that or answer.",
    "Regaining Transaction Submitted (PC)": "The regaining move-in was sent; the submitter accepts once it has worked.",
    "Regaining Transaction Re_Submitted (PC)": "The regaining move-in was sent again; the submitter is to accept it.",
    "Return to Losing CR (PC)": "The fees were not moved; the losing retailer is to accept that or send it back.",
}

_CLOSED: Mapping[str, str] = {
    "Complete": "It ended well: the submitter accepted the answer.",
    "Complete (Failed Analysis)": "It ended because the analysis did not bear the request out.",
    "Auto Complete": "It ended by the clock, because nobody answered the last answer in time.",
    "Closed": "It has ended.",
    "Closed - Inactive": "An administrative record that is no longer in force.",
    "Closed By ERCOT": "ERCOT ended it, for the reason in the comments.",
    "Closed by Submitter": "The submitter ended it before an answer was needed any more.",
    "Invalid IAG": "ERCOT found that it is no inadvertent gain, for the reason given.",
}

_WITHDRAWN: Mapping[str, str] = {
    "Withdrawn": "The submitter took it back before anybody had begun.",
}

_BY_STATUS: Mapping[Status, Mapping[str, str]] = {
    Status.NEW: _NEW,
    Status.WORKING: _WORKING,
    Status.PENDING_COMPLETE: _PENDING_COMPLETE,
    Status.CLOSED: _CLOSED,
    Status.WITHDRAWN: _WITHDRAWN,
}

STATUS_OF: Mapping[str, Status] = {state: status for status, states in _BY_STATUS.items() for state in states}
"""The coarse status of each state."""

MEANING: Mapping[str, str] = {state: text for states in _BY_STATUS.values() for state, text in states.items()}
"""One plain sentence for each state."""
