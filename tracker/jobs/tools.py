"""What the worker hands to whatever it does, besides the job."""

from dataclasses import dataclass
from pathlib import Path

from tracker.jobs.writing import Post
from tracker.search import SearchBackend


@dataclass(frozen=True, slots=True)
class Tools:
    """Where attachments lie, the engine of the search, and how mail goes out, if it does."""

    attachments: Path
    engine: SearchBackend
    post: Post | None = None
