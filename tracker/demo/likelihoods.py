"""How often things happen in the demo market: declarations only."""

FAMILIES: dict[str, int] = {
    "inadvertent-gaining": 110,
    "inadvertent-losing": 150,
    "customer-rescission": 60,
    "switch-hold-removal": 170,
    "usage-billing-missing": 170,
    "usage-billing-dispute": 110,
    "cancel-with-approval": 90,
    "cancel-without-approval": 70,
    "missing-enrollment-txns": 45,
    "redirect-fees": 18,
    "reject-txns": 18,
    "rep-of-record": 16,
    "siebel-chg-info": 16,
    "service-order-650": 16,
    "service-address": 14,
    "premise-type": 12,
    "ams-lse-interval-missing": 14,
    "ams-lse-interval-dispute": 14,
    "move-out-with-meter-removal": 12,
    "safety-net-order": 8,
    "other": 18,
    "projects": 8,
}
"""How many issues of a subtype there are, out of about a thousand; one that is not named has `RARELY`."""

RARELY = 5

PRESSED: dict[str, float] = {
    "Begin Working": 14,
    "Complete": 9,
    "814_20 Sent/Complete": 9,
    "Agree": 9,
    "Accept": 12,
    "Ready To Receive": 12,
    "Provide Regaining BGN02": 14,
    "Switch Hold Removed": 10,
    "Select IAG Parties": 12,
    "Redirect Fees": 10,
    "Passed Analysis": 9,
    "Update Approved": 9,
    "Submit": 6,
    "Edit": 2,
    "Unexecutable": 0.9,
    "Switch Hold Not Removed": 1.2,
    "Invalid IAG": 0.8,
    "Disagree": 0.8,
    "Re-Assign": 1.1,
    "Add Comment": 1.6,
    "Assign Owner": 0.2,
    "Assign To Group": 0.25,
    "Update Siebel Status/Substatus": 0.25,
    "Update Regaining Transaction Siebel Status": 0.8,
    "Withdraw": 0.2,
    "Close": 0.1,
    "Request LPA 1:1": 2,
}
"""How readily a button is pressed compared with the others of its state."""

BY_TONE: dict[str, float] = {"positive": 6, "negative": 0.7, "system": 0.5}
"""The same for the buttons that are not named above."""

TOWARDS, AWAY = 14.0, 0.06
"""How much more readily a story presses what brings it nearer to its end, and how much less what does not."""

ROUGH = 0.2
"""So many stories take the shortest way to their end; the others the one of good will."""

DETOURS: frozenset[str] = frozenset(
    {
        "Send To ERCOT",
        "Assign To ERCOT",
        "Send To Submitting CR",
        "Assign To Submitter",
        "Already Cancelled",
        "No Rep of Record",
        "Send To Gaining CR",
        "Request LPA 1:1",
        "Disagree",
    }
)
"""Buttons that people of good will press only when they have to, besides the negative ones."""

DETOUR = 15
"""A detour counts as so many presses."""

AGAIN = 0.35
"""Each further press of one button in one story is so much less likely than the one before."""

STATES_LIKED: dict[str, float] = {
    "Complete": 62,
    "Auto Complete": 9,
    "Withdrawn": 4,
    "Closed by Submitter": 5,
    "Closed By ERCOT": 1.5,
    "Invalid IAG": 5,
    "Complete (Failed Analysis)": 5,
}
"""How often stories come to these ends; other ends have weight 1."""

OPEN_SHARE = 0.13
"""So many stories have not come to an end yet."""

HOURS_BETWEEN: dict[str, float] = {
    "switch-hold-removal": 5.0,
    "cancel-with-approval": 9.0,
    "cancel-without-approval": 9.0,
}
USUAL_HOURS_BETWEEN = 26.0
"""The mean time from one thing to the next; wires companies answer some subtypes within hours."""

SAID_WITH_A_PRESS = 0.42
"""How often somebody says something although the button does not ask for it."""

ATTACHED_LATER = 0.04
"""How often somebody attaches a file to an issue after it is filed."""
