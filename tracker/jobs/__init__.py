"""What the worker does, a topic a file. Every handler bears being called twice for one job."""

from collections.abc import Callable

from tracker.jobs import children
from tracker.models import Job

HANDLERS: dict[str, Callable[[Job], None]] = {children.TOPIC: children.file_children}
"""The handler of each topic; it does its work in the worker's transaction, which commits."""
