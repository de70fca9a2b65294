"""The 70 transitions of the market’s interface: what pressing each of them says, in one sentence."""

from collections.abc import Mapping

_FILING: Mapping[str, str] = {
    "Create": "Begins the issue.",
    "Submit": "Files the issue, so that the others see it and can act.",
    "Edit": "Changes the fields of an issue that waits at its submitter.",
    "Withdraw": "Takes the issue back before anybody has begun to work on it.",
    "Attach and Validate": "Takes a file of many issues and checks each row without filing any.",
    "Submit Bulk File": "Files every row of the checked file as an issue of its own.",
    "Provide Parameters": "Gives a report what it has to know before it can run.",
    "Update Parameters": "Changes what a report was told.",
    "Submit Report": "Starts the report.",
    "Request LPA 1:1": "Asks ERCOT for one issue for each ESI ID.",
    "Submit LPA 1:1": "Agrees to split the issue and files one child for each ESI ID.",
    "LPA 1:1": "Splits the issue into one child for each ESI ID.",
}

_WORK: Mapping[str, str] = {
    "Begin Working": "Tells the others that the company has started, and gives the issue an owner there.",
    "Add Comment": "Adds a comment that every party reads; the state stays.",
    "Assign Owner": "Says which person of the company handles the issue.",
    "Assign To Group": "Puts the issue into one of the company’s work queues.",
    "Additional Info Required": "Asks the submitter for something that is needed before an answer.",
}

_POSITIVE: Mapping[str, str] = {
    "Complete": "Says that it is done; the submitter is to look at it.",
    "814_20 Sent/Complete": "Says that the correction went out as an 814_20.",
    "Agree": "Agrees with what is asked, and the issue goes on.",
    "Ready To Receive": "Tells the losing retailer that the regaining move-in may be sent.",
    "Provide Regaining BGN02": "Quotes the regaining move-in that was sent.",
    "Re-Submit Regaining BGN02": "Quotes the regaining move-in that was sent after the first was rejected.",
    "Redirect Fees": "Says that the priority fees were moved to the gaining retailer.",
    "Switch Hold Removed": "Says that the switch hold is gone and the move-in may be sent again.",
    "ERCOT Cancel": "Says that ERCOT has cancelled the order.",
    "TDSP Cancel": "Says that the wires company is to cancel the order.",
    "Item Cancelled": "Says that the order has been cancelled.",
    "Already Cancelled": "Says that the order had been cancelled before.",
    "Passed Analysis": "Says that ERCOT’s records bear the request out.",
    "Update Approved": "Approves the changed dates.",
    "Accept": "Agrees with the answer and ends the issue.",
}

_NEGATIVE: Mapping[str, str] = {
    "Unexecutable": "Says that it cannot be done, and why.",
    "Disagree": "Does not agree with what is asked, and says why.",
    "No Agreement Reached": "Says that the parties could not agree.",
    "Invalid IAG": "Says that it is no inadvertent gain, and why; the issue ends.",
    "Switch Hold Not Removed": "Says that the switch hold stays, and why.",
    "Unable To Cancel": "Says that the order cannot be cancelled, and why.",
    "Unable To Complete": "Says that the work cannot be done, and why.",
    "Time Limit Exceeded": "Goes on without the REP of record, whose time to answer has run out.",
    "No Rep of Record": "Says that no retailer serves the ESI ID now, so nobody else has to be asked.",
}

_ROUTING: Mapping[str, str] = {
    "Assign To ERCOT": "Brings ERCOT in.",
    "Assign To Primary": "Gives the issue back to the company that was asked first.",
    "Assign To Secondary": "Brings a third company in.",
    "Assign To Submitter": "Gives the issue back to the company that filed it.",
    "Re-Assign": "Passes the issue to the company that should have it.",
    "Modify/Reassign": "Proposes other dates and asks for their approval.",
    "Select IAS Parties": "Names the companies of an inadvertent switch; only retired issues have it.",
    "Select IAG Parties": "Names the gaining retailer, the losing retailer and the wires company.",
    "Send To ERCOT": "Asks ERCOT to sort it out.",
    "Send To Gaining CR": "Sends the issue to the gaining retailer.",
    "Send To Losing CR": "Sends the issue to the losing retailer.",
    "Send To Submitting CR": "Sends the issue to the retailer that filed it.",
    "Send To TDSP": "Sends the issue to the wires company.",
    "Send to Rep of Record": "Asks the REP of record for its view of the switch hold.",
    "Return": "Hands the issue back to the company that sent it.",
    "ERCOT Return": "Hands the issue back from ERCOT.",
    "Return For Processing": "Hands the issue back so that work on it goes on.",
    "Return To Assignee": "Hands the issue back to the assignee.",
    "Return To ERCOT": "Hands the issue back to ERCOT.",
    "Return to Losing CR": "Hands the issue back to the losing retailer.",
    "Return to Rep of Record": "Hands the issue back to the REP of record.",
    "Return To Submitter": "Hands the issue back to the company that filed it.",
    "Return To Vote": "Opens the vote again; only retired issues have it.",
    "Losing CR Re-Submit": "Asks the losing retailer for a new regaining move-in, because the first was rejected.",
    "Request Updated Proposed Regain Date": "Asks the losing retailer for another regain date.",
}

_SYSTEM: Mapping[str, str] = {
    "Close": "Ends the issue without waiting for an answer; it cannot be opened again.",
    "Perform Analysis": "Compares the requested dates with ERCOT’s records.",
    "Update Siebel Status/Substatus": "Reads anew how far the quoted order has come at ERCOT.",
    "Update Regaining Transaction Siebel Status": "Reads anew how far the regaining order has come at ERCOT.",
}

MEANING: Mapping[str, str] = {**_FILING, **_WORK, **_POSITIVE, **_NEGATIVE, **_ROUTING, **_SYSTEM}
"""One plain sentence for each transition."""
