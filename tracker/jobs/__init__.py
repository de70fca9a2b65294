"""What the worker does, a topic a file. Every handler bears being called twice for one job."""

from collections.abc import Callable, Mapping

from tracker.domain.tables import complete
from tracker.domain.topics import MANY_AT_A_TIME, Topic
from tracker.jobs import bulk, children, reading, scanning
from tracker.jobs.tools import Tools
from tracker.models import Job

DONE_ELSEWHERE = MANY_AT_A_TIME | {Topic.CLOCK}

HANDLERS: Mapping[str, Callable[[Job, Tools], None]] = complete(
    "handlers of jobs",
    set(Topic) - DONE_ELSEWHERE,
    {
        children.TOPIC: children.file_children,
        reading.TOPIC: reading.read_attachment,
        scanning.TOPIC: scanning.scan_attachment,
        bulk.TOPIC: bulk.carry_on,
    },
)
"""The handler of each topic; it does its work in the worker's transaction, which commits.

What is done many at a time is not among them (`actions.indexing`, `actions.telling`), nor what the clock presses.
"""
