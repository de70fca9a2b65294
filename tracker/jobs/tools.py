"""What the worker hands to whatever it does, besides the job."""

from dataclasses import dataclass
from pathlib import Path

from tracker.search import SearchBackend


@dataclass(frozen=True, slots=True)
class Tools:
    """Where attachments lie, and the engine of the search."""

    attachments: Path
    engine: SearchBackend
