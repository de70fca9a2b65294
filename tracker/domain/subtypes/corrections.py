"""Corrections at the premise: its type and address, safety-net move-ins, service orders and removed meters."""

from tracker.domain.roles import CompanyKind, Role
from tracker.domain.subtype import Subtype
from tracker.domain.subtypes._checks import ORDER_CHECKS, PREMISE_CHECKS
from tracker.domain.subtypes._claims import ADDRESS, PREMISE_TYPE
from tracker.domain.subtypes._fields import (
    ASSIGNEE,
    COMMENTS_TEXT,
    ESI_ID,
    GS_NUM,
    ISA_NUM,
    METER_REMOVAL_DATE,
    NEW_PREMISE_TYPE,
    NEW_SERV_ADDRESS,
    ORIG_TRXN_ID,
    PREMISE_ENERGIZE_DATE,
    REQUESTED_MOVE_IN_DATE,
    SERV_ADDRESS,
    SPREADSHEET_SUBMIT_DATE,
    TRXN_ID,
    TRXN_SERV_ORDER_TYPE,
    TRXN_TYPE,
)
from tracker.domain.subtypes._standard import answer, standard
from tracker.domain.workflow import Transition

FAMILY = "Premise and service orders"

WIRES_COMPANY = ASSIGNEE.said(help="The wires company that serves the premise and keeps its record.")
RETAILER = ASSIGNEE.said(help="The retailer that is to send the transaction.")

CORRECTION = standard(
    "premise-correction",
    complete=(
        Transition(
            name="814_20 Sent/Complete",
            source="In Progress",
            to="Pending Complete",
            by=Role.ASSIGNEE,
            asks=(TRXN_ID.said(label="Tran ID of the 814_20", help="The BGN02 of the 814_20 that you sent."),),
            help="Says that the correction went out as an 814_20; the submitter looks at it and accepts.",
        ),
        answer("In Progress", Role.ASSIGNEE),
    ),
    ercot=False,
)

METER_REMOVED = standard(
    "meter-removal",
    complete=(
        answer(
            "In Progress",
            Role.ASSIGNEE,
            ORIG_TRXN_ID.said(help="The BGN02 of the order that the move-out belongs to."),
            TRXN_ID.said(label="Tran ID of the move-out", help="The BGN02 of the move-out (814_24) that you sent."),
        ),
    ),
    ercot=False,
)

# 650 transactions do not pass through ERCOT, so there is no order status to read and nobody to bring in.
POINT_TO_POINT = standard("service-order", ercot=False)

PREMISE_TYPE_WRONG = Subtype(
    key="premise-type",
    type="D2D",
    name="Premise Type",
    wire="Premise",
    family=FAMILY,
    when="The premise is of another type than the record says, and the wires company should correct it by 814_20.",
    instead="For a wrong address, file Service Address; for a wrong load profile in the extract, "
    "DEV-Char Profile Code Assignment.",
    words="premise type residential commercial small large non-residential 814_20 wrong classification",
    workflow=CORRECTION,
    fields=(WIRES_COMPANY, ESI_ID, NEW_PREMISE_TYPE, COMMENTS_TEXT),
    checks=PREMISE_CHECKS,
    claimed=PREMISE_TYPE,
    filed_by=(CompanyKind.CR,),
)

ADDRESS_WRONG = Subtype(
    key="service-address",
    type="D2D",
    name="Service Address",
    wire="ServiceAddr",
    family=FAMILY,
    when="The address of the premise is wrong, and the wires company should correct it by 814_20.",
    instead="If only the ZIP code in the extract is wrong, file DEV-Char ZIP Assignment; for the premise type, "
    "Premise Type.",
    words="wrong address street unit apartment city zip 814_20 service address correction",
    workflow=CORRECTION,
    fields=(WIRES_COMPANY, ESI_ID, NEW_SERV_ADDRESS, SERV_ADDRESS, COMMENTS_TEXT),
    checks=PREMISE_CHECKS,
    claimed=ADDRESS,
    filed_by=(CompanyKind.CR,),
)

SAFETY_NET = Subtype(
    key="safety-net-order",
    type="D2D",
    name="Safety Net Order",
    wire="SafetyNet",
    family=FAMILY,
    when="A move-in was done from the safety-net list, and its transaction never came or names another retailer.",
    instead="For a move-in that was sent and got no answer, file Missing Enrollment TXNS.",
    words="safety net spreadsheet move-in emergency energized no EDI transaction never came",
    workflow=standard("safety-net", ercot=False, order_status=True),
    fields=(
        RETAILER,
        ESI_ID,
        ORIG_TRXN_ID.optional(),
        SPREADSHEET_SUBMIT_DATE,
        REQUESTED_MOVE_IN_DATE,
        PREMISE_ENERGIZE_DATE,
        COMMENTS_TEXT,
    ),
    checks=ORDER_CHECKS,
    filed_by=(CompanyKind.TDSP,),
)

SERVICE_ORDER = Subtype(
    key="service-order-650",
    type="D2D",
    name="Service Order - 650",
    wire="ServiceOrder",
    family=FAMILY,
    when="A service order (650), such as a disconnection or a reconnection, is missing, rejected or not carried out.",
    instead="For a rejected 814, file Reject TXNS; to have a switch hold taken off, Switch Hold Removal.",
    words="650 650_01 650_02 service order disconnect reconnect DNP not completed work order meter test",
    workflow=POINT_TO_POINT,
    fields=(
        ASSIGNEE,
        ESI_ID,
        ORIG_TRXN_ID,
        TRXN_SERV_ORDER_TYPE,
        ISA_NUM.optional(),
        GS_NUM.optional(),
        COMMENTS_TEXT,
    ),
    later_fields=(TRXN_TYPE,),
    checks=PREMISE_CHECKS,
)

METER_REMOVAL = Subtype(
    key="move-out-with-meter-removal",
    type="D2D",
    name="Move Out With Meter Removal",
    wire="MoveOutMeterRemoval",
    family=FAMILY,
    when="A meter was taken away while a retailer still has the premise, so the retailer has to send a move-out.",
    instead="If the ESI ID should not exist any more, file DEV-Existence In ERCOT system not TDSP; to cancel a "
    "pending move-out, Cancel with Approval.",
    words="meter removed demolished move-out 814_24 meter gone premise torn down",
    workflow=METER_REMOVED,
    fields=(RETAILER, ESI_ID, METER_REMOVAL_DATE, COMMENTS_TEXT, TRXN_ID.optional()),
    later_fields=(ORIG_TRXN_ID,),
    checks=PREMISE_CHECKS,
    filed_by=(CompanyKind.TDSP,),
)

SUBTYPES: tuple[Subtype, ...] = (PREMISE_TYPE_WRONG, ADDRESS_WRONG, SAFETY_NET, SERVICE_ORDER, METER_REMOVAL)
