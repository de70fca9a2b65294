"""What the worker does, a topic a file. Every handler bears being called twice for one job."""

from collections.abc import Callable

from tracker.jobs import bulk, children, reading
from tracker.jobs.tools import Tools
from tracker.models import Job

HANDLERS: dict[str, Callable[[Job, Tools], None]] = {
    children.TOPIC: children.file_children,
    reading.TOPIC: reading.read_attachment,
    bulk.TOPIC: bulk.carry_on,
}
"""The handler of each topic; it does its work in the worker's transaction, which commits.

The search index is not among them: its jobs are done many at a time (`actions.indexing`).
"""
