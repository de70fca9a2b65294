"""What the worker hands to whatever it does, besides the job."""

from dataclasses import dataclass, field
from pathlib import Path

from tracker.actions.timekeeping import Timekeeper
from tracker.jobs.patience import Patience
from tracker.jobs.writing import Post
from tracker.search import SearchBackend


@dataclass(frozen=True, slots=True)
class Tools:
    """Where attachments lie, the engine of the search, how mail goes out and who scans files, if it is so.

    What is known of the time. And the patience with the index: with writing to it, with making it anew, and with one
    that is damaged again.
    """

    attachments: Path
    engine: SearchBackend
    post: Post | None = None
    scanner: tuple[str, ...] = ()
    keeper: Timekeeper = field(default_factory=Timekeeper)
    writing: Patience = field(default_factory=lambda: Patience(ceiling=30))
    building: Patience = field(default_factory=Patience)
    rebuilding: Patience = field(default_factory=Patience)
