"""What people write when they file: declarations only, by subtype. Slots are those of `voice.slots_of`."""

OPENINGS: dict[str, tuple[str, ...]] = {
    "inadvertent-gaining": (
        "We enrolled ESI ID {esi_id} with {tran_id} by mistake: our customer lives at the neighbouring unit. "
        "Please return the premise to {losing}.",
        "The customer at {street} tells us that they never asked for service from us. Our order {tran_id} took the "
        "wrong meter; we want the former retailer to have it back as of {start}.",
        "Apartment numbers were swapped on our enrollment {tran_id}. The occupant of "
        "{street}, {city} belongs to {losing}.",
    ),
    "inadvertent-losing": (
        "Our customer at {street}, {city} was taken by {tran_id} on {start} and did not ask for it. We want to regain "
        "ESI ID {esi_id}.",
        "The customer has been with us for years and called because another retailer’s welcome letter came. Please "
        "confirm that {tran_id} was meant for this premise.",
        "We lost ESI ID {esi_id} to {gaining}. The customer **did not sign anything**; their lease shows that they "
        "have not moved.",
    ),
    "customer-rescission": (
        "The customer cancelled within three business days after the switch {tran_id}. The notice is dated {day}.",
        "Right of rescission: the customer at {street} called us on {day} and wants to stay with {losing}.",
    ),
    "redirect-fees": (
        "The priority move-in that went with {tran_id} was ours to pay. Please have {tdsp} move the fee to {gaining}.",
        "We were charged the priority fee for ESI ID {esi_id}, although {gaining} asked for the move-in.",
    ),
    "switch-hold-removal": (
        "A new occupant moved in at {street}, {city}. The signed statement and the lease are attached; please remove "
        "the switch hold on {esi_id}.",
        "Our move-in {tran_id} was rejected because of a switch hold. The customer has no connection with the former "
        "occupant: see the attached statement.",
        "Lease from {day} and identity card are in the attached file. The hold belongs to the tenant who left.",
    ),
    "cancel-with-approval": (
        "Please cancel {tran_id} scheduled for {start}. The customer called on {day} and will not move.",
        "The order {tran_id} names the wrong ESI ID; the right one has been enrolled. It is still pending, so we ask "
        "for approval to cancel.",
    ),
    "cancel-without-approval": (
        "Cancel {tran_id}, please: it is our own order and the customer has withdrawn it.",
        "We sent {tran_id} twice. The second one, for {start}, has to go.",
    ),
    "missing-enrollment-txns": (
        "We sent the order {tran_id} and have had no answer for it since {day}. Please send the response again.",
        "The initial read for ESI ID {esi_id} never came. The registry shows the order as complete since {start}.",
    ),
    "usage-billing-missing": (
        "No 867_03 has come for ESI ID {esi_id} since {period}. The customer is waiting for a bill.",
        "We have usage up to {period} and nothing after it. Please send the missing month for {street}, {city}.",
        "The invoice for the period from {period} is missing; the reading itself came on time.",
        "Monthly usage from {period} on has not arrived. Our gateway shows no rejected file for that day.",
    ),
    "usage-billing-dispute": (
        "The reading for the period from {period} is about three times what this customer used in any month before.",
        "We believe that the meters at {street} are crossed: our customer was away, "
        "and it was the neighbour’s usage that fell.",
        "The invoice charges demand although the premise is residential. Please check the rate since {period}.",
    ),
    "usage-billing-issues": ("Usage from {period} is missing or wrong for ESI ID {esi_id}. Please look into it.",),
    "ams-lse-interval-missing": (
        "Intervals are missing from {period} on; the daily totals in the portal are there.",
        "We have 88 intervals instead of 96 on most days since {period}.",
    ),
    "ams-lse-interval-dispute": (
        "The intervals since {period} add up to 14 % more than the register reading.",
        "One channel repeats the same value all day long. Please validate the meter at {street}.",
    ),
    "reject-txns": (
        "Our order {tran_id} was rejected, and we cannot see why: the address and the ESI ID agree with the registry.",
        "The reject code does not fit. The premise is {status} and no other order is pending.",
    ),
    "997-issues": (
        "We have had no 997 for the file that we sent on {day}. Did it arrive?",
        "Please confirm the acknowledgement for the interchange of {day}; our translator shows it as open.",
    ),
    "rep-of-record": (
        "Who was REP of record at {street}, {city} from {period} on? Our records end there.",
        "The customer says that {losing} billed them for the same days. Please tell us who served ESI ID {esi_id}.",
    ),
    "siebel-chg-info": (
        "The order {tran_id} still shows as in review. The reading is in, so it should be complete.",
        "The start of the service instance has to be {start}, as on the move-in.",
    ),
    "projects": (
        "We are moving our billing to a new system in the night of {start}. No 814 will go out for about six hours.",
        "The outage of {day} left about 400 enrollments without an answer. We send the list and will track it here.",
    ),
    "other": (
        "Could you send us again the responses of {day}? Our archive lost them.",
        "What does the note on the report for {city} mean? We see it for the first time.",
    ),
    "premise-type": (
        "{street} is a shop now and no longer a dwelling. Please correct the premise type.",
        "The premise has been a single home since the conversion in spring; it still stands as commercial.",
    ),
    "service-address": (
        "The street number is wrong: the deed and the meter tag say what we put into the new address.",
        "This unit has no apartment number in the record, and the field crew went to the wrong door twice.",
    ),
    "safety-net-order": (
        "The premise was energised from the safety-net list, and no move-in has reached us for {esi_id}.",
        "Please send the move-in for {street}, {city}; power has been on since the list of that week.",
    ),
    "service-order-650": (
        "The reconnection for ESI ID {esi_id} was sent on {day} and not carried out. The customer is without power.",
        "No 650_02 has come for our order {tran_id}.",
    ),
    "move-out-with-meter-removal": (
        "The meter at {street} was removed; the building is being torn down. Please send a move-out.",
        "Our crew took the meter away. You still serve ESI ID {esi_id} in the registry.",
    ),
    "market-rule": (
        "We rely on the rule quoted above for {esi_id} and ask for your reading of it.",
        "Two business days have passed without the answer that the rule asks for. Please tell us when it comes.",
    ),
    "ercot-initiated": (
        "Our monthly check found this record. Please confirm or correct it within ten business days.",
        "Usage has come for ESI ID {esi_id} although the record says {status}. Which is right?",
    ),
    "lpa": (
        "Please review the load profiles of the premises on the list and send an 814_20 where they are wrong.",
        "The yearly validation named these premises. Tell us if you would rather have one issue for each ESI ID.",
    ),
}

BY_TYPE: dict[str, tuple[str, ...]] = {
    "DEV-LSE": (
        "The extract has other dates for our service at {esi_id} than our system. We served from {period}.",
        "Settlement for {street}, {city} goes to the wrong company since {period}. The welcome letter shows our start.",
    ),
    "DEV-Char": (
        "The extract and our records differ for {esi_id}; please correct the code as given.",
        "We load the code of the last 814_20, and the extract still shows the one before.",
    ),
    "DEV-Existence": (
        "{street}, {city} does not stand in both systems as it should. Please compare ESI ID {esi_id}.",
        "Our field records for this premise go back to {period}; the extract says something else.",
    ),
    "DEV-IDR Usage": (
        "The interval data of the meter at {street} differ from ours since {period}.",
        "Our channel cut for {esi_id} and the extract do not agree; totals are in the fields above.",
    ),
    "DEV-Non-IDR Usage": (
        "The monthly total since {period} is not the one that we sent for {esi_id}.",
        "We replaced the reading of {period}; the extract still carries the first one.",
    ),
}

ANY = ("Please look into ESI ID {esi_id}; the details are in the fields.",)
