"""Fields of orders, transactions and service periods."""

from tracker.domain.fields import Choice, Day, EsiId, Moment, Text, TransactionId, Whole
from tracker.domain.subtypes._codes import (
    DISPUTE_CATEGORIES,
    METERINGS,
    MISSING_TRANSACTIONS,
    REJECT_CODES,
    REJECTING_TRANSACTIONS,
    SERVICE_ORDER_TRANSACTIONS,
    TRANSACTIONS,
    USAGE_BILLING_TRANSACTIONS,
)

ESI_ID = EsiId(
    name="EsiID",
    label="ESI ID",
    help="The number of the premise, 17 or 22 digits as on the bill, such as 10443720001234567.",
)
ORIG_TRXN_ID = TransactionId(
    name="OrigTrxnID",
    label="Original tran ID",
    help="The BGN02 of the transaction that began the order; every later transaction of the order quotes it.",
)
TRXN_ID = TransactionId(
    name="TrxnID",
    label="Tran ID",
    help="The BGN02 of the transaction meant here, as it was sent, not the one that began the order.",
)
GLOBAL_ID = Text(
    name="GlobalID",
    label="Global ID",
    help="ERCOT’s own number for the order, which ties its transactions together; give it if you know it.",
    max_length=128,
)
TRXN_TYPE = Choice(
    name="TrxnType",
    label="Tran type",
    help="The kind of transaction that the issue is about, such as 814_16 for a move-in.",
    values=TRANSACTIONS,
)
TRXN_MISSING_TYPE = Choice(
    name="TrxnMissingType",
    label="Missing transaction",
    help="The transaction that should have come and did not, such as 867_04 for an initial read.",
    values=MISSING_TRANSACTIONS,
)
TRXN_REJECT_TYPE = Choice(
    name="TrxnRejectType",
    label="Rejecting transaction",
    help="The transaction that carried the rejection, such as 814_17 for a rejected move-in.",
    values=REJECTING_TRANSACTIONS,
)
TRXN_SERV_ORDER_TYPE = Choice(
    name="TrxnServOrderType",
    label="Service order transaction",
    help="The 650 transaction that is missing, rejected or not carried out; 650_01 is the request itself.",
    values=SERVICE_ORDER_TRANSACTIONS,
)
TRXN_USAGE_BILL_TYPE = Choice(
    name="TrxnUsageBillType",
    label="Usage or billing transaction",
    help="The usage (867_03) or invoice (810) meant; the suffix 00 is an original, 01 a cancel, 05 a replacement.",
    values=USAGE_BILLING_TRANSACTIONS,
)
TRXN_DATE = Day(
    name="TrxnDate",
    label="Transaction date",
    help="The day on which the transaction was sent, or should have been.",
)
TRANSACTION_DATE = Moment(
    name="TransactionDate",
    label="Transaction date and time",
    help="When the transaction was sent, as the sending system logged it.",
)
GS_NUM = Text(
    name="GSNum",
    label="GS number",
    help="The group control number (GS06) of the EDI file, up to 9 characters.",
    max_length=9,
)
ISA_NUM = Text(
    name="ISANum",
    label="ISA number",
    help="The interchange control number (ISA13) of the EDI file, up to 9 characters.",
    max_length=9,
)
REJECT_CODE = Choice(
    name="RejectCode",
    label="Reject code",
    help="The code that the rejection gave as its reason, such as A76 for an ESI ID that was not found.",
    values=REJECT_CODES,
)
PRIORITY = Choice(
    name="Priority",
    label="Priority order",
    help="Whether the order to be cancelled was sent as a priority; the registry fills it in.",
    values=("No", "Yes"),
)
SMRD = Moment(
    name="SMRD",
    label="Scheduled meter read",
    help="When the meter is to be read for the order; the registry fills it in.",
)
BDAYS_TILL_SMRD = Whole(
    name="bDaysTillSMRD",
    label="Business days to the meter read",
    help="How many business days are left before the meter is read; below zero once it has passed.",
)
START_TIME = Moment(
    name="StartTime",
    label="Start",
    help="The start that the record shows now, such as 2026-03-01.",
)
STOP_TIME = Moment(
    name="StopTime",
    label="Stop",
    help="The stop that the record shows now; leave it empty for a record that is still open.",
)
NEW_START_TIME = Moment(
    name="NewStartTime",
    label="Start it should have",
    help="The start that you say is the right one.",
)
NEW_STOP_TIME = Moment(
    name="NewStopTime",
    label="Stop it should have",
    help="The stop that you say is the right one.",
)
COMMENTS_TEXT = Text(
    name="CommentsText",
    label="Comment",
    help="What happened, what you expected and what you already tried; every party of the issue reads it.",
    min_length=1,
    max_length=10_000,
    multiline=True,
)
DESCRIPTION = Text(
    name="Description",
    label="Description",
    help="What has to be done, and for which records.",
    min_length=1,
    max_length=4000,
    multiline=True,
)
DISPUTE_CATEGORY = Choice(
    name="DisputeCategory",
    label="What is disputed",
    help="The part of the reading or of the invoice that you believe is wrong.",
    values=DISPUTE_CATEGORIES,
)
IDR_NON_IDR = Choice(
    name="IDRNonIDR",
    label="Kind of meter",
    help="IDR for a meter whose usage comes by interval in EDI, Non-IDR for one that is billed by totals.",
    values=METERINGS,
)
MARKET_RULE_REF = Text(
    name="MarketRuleRef",
    label="Market rule",
    help="The approved rule that you rely on, such as PUCT 25.474 or RMG 7.3.",
    max_length=30,
    pattern=r"(\s*[a-zA-Z0-9._-])*",
    pattern_hint="letters, digits, blanks, dots, dashes and underscores",
)
BUSINESS_PROCESS = Text(
    name="BusinessProcess",
    label="Business process",
    help="The process of the rule that is at stake, in a few words.",
    max_length=30,
)
TDSP_DATA = Text(
    name="TDSPData",
    label="Data from the TDSP",
    help="What the wires company adds to the case, such as readings, dates or order numbers.",
    min_length=1,
    max_length=4000,
    multiline=True,
)
SPREADSHEET_SUBMIT_DATE = Day(
    name="SpreadsheetSubmitDate",
    label="Safety-net list sent",
    help="The day on which the move-in stood in the safety-net spreadsheet.",
)
REQUESTED_MOVE_IN_DATE = Day(
    name="RequestedMoveInDate",
    label="Move-in asked for",
    help="The day on which the customer was to move in.",
)
PREMISE_ENERGIZE_DATE = Day(
    name="PremiseEnergizeDate",
    label="Power on since",
    help="The day on which the premise was energised.",
)
METER_REMOVAL_DATE = Day(
    name="MeterRemovalDate",
    label="Meter removed on",
    help="The day on which the meter was taken away.",
)
