"""What comes before the tables change: a database of a later release is refused, and SQLite's file is copied aside."""

from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from tracker.backups.copying import copy_database
from tracker.domain.sentence import Sentence
from tracker.errors import Conflict

KEPT = 5
"""So many copies stay; the oldest goes when another is made."""


def require_known(present: Collection[str], known: Collection[str]) -> None:
    """Raise `Conflict` when the database stands at a revision that this release has never heard of."""
    strange = sorted(set(present) - set(known))
    if strange:
        raise Conflict(
            Sentence(
                "database-is-newer",
                "A later release of Tracker made this database: its tables are of revision {revision}, which this one "
                "does not know. Nothing was changed. Run the later release, or restore a backup of this one.",
                revision=strange[-1],
            )
        )


def copy_aside(database: Path, revision: str, folder: Path, moment: datetime) -> Path:
    """Keep the SQLite file as it is before it is migrated away from this revision. Where it lies."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    copy = folder / f"{revision}-{moment:%Y%m%d-%H%M%S-%f}.sqlite"
    copy_database(database, copy)
    for old in sorted(folder.glob("????-*.sqlite"), key=lambda path: path.name.partition("-")[2])[:-KEPT]:
        old.unlink()
    return copy
