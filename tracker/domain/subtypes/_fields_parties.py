"""Fields of the parties, of regaining a customer and of who served when."""

from tracker.domain.fields import Choice, CompanyRef, Moment, Number, Record, Text, TransactionId, Whole, YesNo
from tracker.domain.roles import Role
from tracker.domain.subtypes._codes import (
    INVALID_IAG_REASONS,
    UNEXECUTABLE_REASONS,
)

ASSIGNEE = CompanyRef(
    name="Assignee",
    label="Assigned to",
    help="The company that is asked to act; it sees the issue as soon as it is filed.",
    role=Role.ASSIGNEE,
)
SECONDARY_ASSIGNEE = CompanyRef(
    name="SecondaryAssignee",
    label="Third company",
    help="A further company whose answer is needed before the case can go on.",
    role=Role.SECONDARY,
)
GAINING_MP = CompanyRef(
    name="GainingMP",
    label="Gaining CR",
    help="The retailer that gained the ESI ID with the order in question.",
    role=Role.GAINING,
)
LOSING_MP = CompanyRef(
    name="LosingMP",
    label="Losing CR",
    help="The retailer that lost the ESI ID with the order in question.",
    role=Role.LOSING,
)
TDSP_INVOLVED = CompanyRef(
    name="TDSPInvolved",
    label="Wires company (TDSP)",
    help="The company whose wires serve the ESI ID; its first digits tell which one that is.",
    role=Role.TDSP,
)
GAINING_CR_START_DATE = Moment(
    name="GainingCRStartDate",
    label="Gaining CR’s start",
    help="When the gaining retailer’s service began; the registry fills it in.",
)
GAINING_CRROR = YesNo(
    name="GainingCRROR",
    label="Gaining CR is REP of record",
    help="Whether the gaining retailer still has the customer today; the registry fills it in.",
)
INVALID_IAG_REASON = Choice(
    name="InvalidIAGReason",
    label="Why this is no inadvertent gain",
    help="What shows that the order was no inadvertent gain, or that the issue cannot be worked as one.",
    values=INVALID_IAG_REASONS,
)
UNEXECUTABLE_REASON = Choice(
    name="UnexecutableReason",
    label="Why it cannot be done",
    help="The reason closest to yours; “Other” needs a comment that says it.",
    values=UNEXECUTABLE_REASONS,
)
PROPOSED_REGAIN_DATE = Moment(
    name="ProposedRegainDate",
    label="Proposed regain date",
    help="The day from which the losing retailer serves again: the gaining CR’s start plus one day, or later.",
)
REGAIN_DATE = Moment(
    name="RegainDate",
    label="Regain date",
    help="The day from which the former retailer serves the customer again.",
)
REGAINING_BGN02 = TransactionId(
    name="RegainingBGN02",
    label="Regaining BGN02",
    help="The BGN02 of the back-dated move-in (814_16) that takes the customer back.",
)
REGAINING_TRXN_SUBMIT_DATE = Moment(
    name="RegainingTrxnSubmitDate",
    label="Regaining transaction sent",
    help="When the back-dated move-in was sent.",
)
REGAINING_GLOBAL_ID = Text(
    name="RegainingGlobalID",
    label="Regaining global ID",
    help="ERCOT’s number for the regaining order; the registry fills it in.",
    max_length=128,
)
REGAINING_TRXN_SIEBEL_STATUS = Text(
    name="RegainingTrxnSiebelStatus",
    label="Regaining order status",
    help="How far the regaining order has come at ERCOT; the registry fills it in.",
    max_length=80,
)
REGAINING_TRXN_SIEBEL_CHECK_DATE = Moment(
    name="RegainingTrxnSiebelCheckDate",
    label="Regaining order looked up",
    help="When the status of the regaining order was last read.",
)
REGAINING_BGN_PRIORITY_CODE = Whole(
    name="RegainingBGNPriorityCode",
    label="Regaining priority code",
    help="The priority that the regaining move-in carries; the registry fills it in.",
)
REGAINING_BGN_REQUEST_DATE = Moment(
    name="RegainingBGNRequestDate",
    label="Regaining date requested",
    help="The start that the regaining move-in asks for; the registry fills it in.",
)
PRIORITY_BGN02 = TransactionId(
    name="PriorityBGN02",
    label="Priority BGN02",
    help="The BGN02 of the priority move-in whose fee is to be moved.",
)
PMVI_REQUESTED_DATE = Moment(
    name="PMVIRequestedDate",
    label="Priority move-in asked for",
    help="The day for which the priority move-in was requested.",
)
ROR_DUNS = Text(
    name="RORDuns",
    label="REP of record DUNS",
    help="The DUNS number of the retailer of that period, 9 to 13 characters.",
    min_length=9,
    max_length=13,
    pattern=r"([a-zA-Z0-9!-])*",
    pattern_hint="letters, digits, “!” and “-”",
)
ROR_START_TIME = Moment(
    name="RORStartTime",
    label="Served from",
    help="When that retailer’s service began.",
)
ROR_STOP_TIME = Moment(
    name="RORStopTime",
    label="Served until",
    help="When that retailer’s service ended.",
)
SERVICE_HISTORY = Record(
    name="SHwDfEPs",
    label="Service history",
    help="Who served the ESI ID and when, one row for each retailer.",
    fields=(ROR_DUNS, ROR_START_TIME, ROR_STOP_TIME),
)
ADDITIONAL_SERVICE_HISTORY = Text(
    name="AdditionalServiceHistory",
    label="Further service history",
    help="Earlier or later retailers that the rows above have no room for.",
    min_length=1,
    max_length=4000,
    multiline=True,
)
ANALYSIS_INFO = Text(
    name="AnalysisInfo",
    label="Result of the analysis",
    help="What comparing the requested dates with ERCOT’s records brought to light.",
    min_length=1,
    max_length=4000,
    multiline=True,
)
ANOTHER_CR_INVOLVED = YesNo(
    name="AnotherCRInvolved",
    label="Another CR is involved",
    help="Whether a further retailer served the ESI ID in the period that would change.",
)
USAGE_MATCHES_DATE_REQ = YesNo(
    name="UsageMatchesDateReq",
    label="Usage fits the dates",
    help="Whether the meter readings begin and end on the dates asked for.",
)
USAGE_LOADED_DATE_REQ = YesNo(
    name="UsageLoadedDateReq",
    label="Usage is loaded",
    help="Whether ERCOT holds usage for the whole period asked for.",
)
USAGE_FOR_TIME_PERIOD = Number(
    name="UsageForTimePeriod",
    label="Usage in the period",
    help="The kWh that ERCOT holds for the period in question, such as 1204.5.",
)
FINAL_AGREEMENT_START = Moment(
    name="FinalAgreementStart",
    label="Agreed start",
    help="The start that all parties agreed on; ERCOT puts it into the record.",
)
FINAL_AGREEMENT_STOP = Moment(
    name="FinalAgreementStop",
    label="Agreed stop",
    help="The stop that all parties agreed on; leave it empty if the service goes on.",
)
