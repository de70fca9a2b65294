"""What people write while they work an issue: declarations only, by button. Slots are those of `voice.slots_of`."""

ANSWERS: dict[str, tuple[str, ...]] = {
    "Begin Working": (
        "We have this now and are looking into it.",
        "Picked up. We will answer by tomorrow evening.",
        "Looking at the order history of {esi_id} first.",
    ),
    "Complete": (
        "Done. The transaction went out this morning; please confirm that it reached you.",
        "Corrected in our system, and the file was sent again with {tran_id} as its reference.",
        "The missing period was read by hand and sent. Sorry for the delay.",
        "Checked with the field: the reading was right, and a replacement is on its way for the second month.",
    ),
    "814_20 Sent/Complete": ("The 814_20 is out. It should show in the extract within two days.",),
    "Accept": ("Received, thank you.", "That solves it.", "Loaded on our side. Thank you for the quick help."),
    "Agree": (
        "Agreed: our records show the same.",
        "We agree to return the customer. The welcome call confirms that it was a mistake.",
        "No objection from us.",
    ),
    "Disagree": (
        "The customer confirmed the enrollment on a recorded line, so we do not agree.",
        "The person on the new lease also stood on the contract before. See the note.",
    ),
    "Ready To Receive": (
        "Ready for the back-dated move-in. Please send it within two business days.",
        "No other order is pending on {esi_id}; you can send the regaining transaction.",
    ),
    "Provide Regaining BGN02": ("Sent. The response should come tonight.", "The move-in is out with the date agreed."),
    "Switch Hold Removed": ("The documents are complete. The hold is off; you can send the move-in again.",),
    "Switch Hold Not Removed": (
        "The new occupant’s name stands on the former contract as well, so the hold stays.",
        "The lease is not signed by the landlord. File again with a signed copy.",
    ),
    "Send to Rep of Record": ("Please tell us within the time of the rule whether you know of a connection.",),
    "Invalid IAG": (
        "The order was cancelled before it took effect, so nobody gained the premise.",
        "{tran_id} is the move-in of the customer who lives there now.",
    ),
    "Select IAG Parties": ("Parties taken from the order {tran_id}.",),
    "Send To TDSP": ("We agree. Proposed regain date is in the field.",),
    "Unexecutable": (
        "This cannot be done: a later order has completed on {esi_id}.",
        "A second issue on this premise covers the same period; we answer there.",
        "The period lies before our readings begin.",
    ),
    "Unable To Cancel": ("The field order is already on the truck, so it cannot be stopped any more.",),
    "Item Cancelled": ("Cancelled. A response to your order follows.",),
    "ERCOT Cancel": ("Approved and cancelled at ERCOT.",),
    "TDSP Cancel": ("Too late for ERCOT; {tdsp} will cancel it in the field.",),
    "Re-Assign": (
        "This belongs to another company: the registry names them for {esi_id}.",
        "Not ours. The premise changed hands on {start}; passing it on.",
    ),
    "Return To Submitter": (
        "The ESI ID and the address do not belong together. Please check and send it back.",
        "The tran id is not one of ours. Which order do you mean?",
    ),
    "Additional Info Required": (
        "Please give us the meter number that stands on the bill, and the first day of the period.",
        "We need the page of the lease with the signatures.",
    ),
    "Return To Assignee": ("The missing details are in now; please look again.", "Still wrong: see the second month."),
    "Return To ERCOT": (
        "Our findings are above. Please take it from here.",
        "The overlap is still there; look again, please.",
    ),
    "Send To ERCOT": ("We cannot agree about the dates. Please decide.",),
    "Assign To ERCOT": ("The order looks complete on our side. Can ERCOT see where it stopped?",),
    "Send To Losing CR": ("The customer wants to return. Please propose a regain date.",),
    "Send To Gaining CR": ("Please confirm whether the enrollment was authorised.",),
    "Request Updated Proposed Regain Date": ("That day lies before the last reading. Please propose a later one.",),
    "Losing CR Re-Submit": ("The move-in was rejected for its date. Please send it once more.",),
    "Modify/Reassign": ("Our reading fits the day after. We propose these dates instead.",),
    "Update Approved": ("The new dates are fine with us.",),
    "No Agreement Reached": ("We have talked about it twice and do not come together.",),
    "Failed Analysis": ("The dates overlap with the instance before.",),
    "Close": ("The customer has settled it with the other company. Closing.", "Solved by the file of last night."),
    "Add Comment": (
        "Any news on this one? The customer called again.",
        "We spoke with {tdsp} on the telephone; a crew is planned for this week.",
        "For the record: the order {tran_id} shows as *{order_status}* today.",
        "The meter number on the pole is the same as on the bill, so we can rule out crossed meters.",
        "Our gateway logged the file at 02:14. We keep looking.",
        "Reminder: the billing window for {city} closes on Friday.",
        "Thanks. What we know so far:\n\n- the service began on {start}\n- the address is {street}\n"
        "- nobody else is billed there",
    ),
}

BY_TONE: dict[str, tuple[str, ...]] = {
    "positive": ("Done as asked.", "This is fine with us.", "All in order here; over to you."),
    "negative": ("See the dates above: they do not fit.", "This needs another look before it can go on."),
    "system": ("Noted for the record.",),
}
