"""Every field of the market’s interface, once, in one place to import from."""

from tracker.domain.subtypes._fields_orders import *
from tracker.domain.subtypes._fields_orders import START_TIME, STOP_TIME
from tracker.domain.subtypes._fields_parties import *
from tracker.domain.subtypes._fields_records import *

SERVICE_START = START_TIME.said(
    label="Service period start", help="The first day of the service period that is in question, such as 2026-03-01."
)
SERVICE_STOP = STOP_TIME.said(
    label="Service period stop",
    help="The last day of the service period that is in question; leave it empty if it goes on.",
)
