"""Whether database and attachments folder belong together: both bear one identity, a random one (docs/decisions/0022).

A folder without one is this market's if it is new, or if the files that the database names lie in it. A database that
names files and a folder that lacks them were brought together by mistake, whatever each of them bears.
"""

from enum import Enum, auto
from pathlib import Path

from sqlalchemy import Select, UnaryExpression, select, union

from tracker.db import db
from tracker.domain.sentence import Sentence
from tracker.models import Attachment, DraftFile, MarketFact
from tracker.storage import holds_files, identity_of, lies_at, path_of

IDENTITY = "attachments"
"""The fact that holds the identity; the migration that made it possible wrote it."""

SAMPLE = 500
"""So many of the newest and of the oldest files of the database are looked for in a folder without identity."""

ENOUGH = 0.9
"""So much of the sample must be there; an old market may have lost a file or two."""


class Belonging(Enum):
    """Whose a folder is."""

    OURS = auto()
    PROVEN = auto()
    FOREIGN = auto()
    UNPROVEN = auto()


def own_identity() -> str | None:
    """The identity that the database bears."""
    fact = db.session.get(MarketFact, IDENTITY)
    return fact.value if fact else None


def belonging_of(folder: Path) -> Belonging:
    """Whose the folder is. A folder that cannot be read is nobody's."""
    ours = own_identity()
    try:
        theirs = identity_of(folder)
        if theirs is not None:
            return Belonging.OURS if theirs == ours else Belonging.FOREIGN
        proven = ours is not None and _is_proven(folder)
    except OSError:
        return Belonging.UNPROVEN
    return Belonging.PROVEN if proven else Belonging.UNPROVEN


def trouble_with(folder: Path) -> Sentence | None:
    """Why nothing is stored in this folder and nothing swept from it, for log and probes; None if it is ours."""
    match belonging_of(folder):
        case Belonging.OURS | Belonging.PROVEN:
            return None
        case Belonging.FOREIGN:
            why = "it bears the identity of another market than the database"
        case Belonging.UNPROVEN:
            why = f"it bears no identity, and {_counted(folder)}"
    return Sentence(
        "folder-not-ours",
        "The attachments folder {folder} is not this market's: {why}. Nothing is stored in it and nothing is swept. "
        "Mount the right folder, name it with TRACKER_DATA, or move this one away; if the two do belong together, run: "
        "flask --app wsgi attachments adopt",
        folder=folder,
        why=why,
    )


def count_present(folder: Path) -> tuple[int, int]:
    """How many of a sample of the files that the database names lie in the folder, and of how many."""
    named = set(db.session.scalars(union(_ends(Attachment.id.asc()), _ends(Attachment.id.desc()), _drafted())))
    return sum(lies_at(path_of(folder, sha256)) for sha256 in named), len(named)


def _is_proven(folder: Path) -> bool:
    """A new market has a new folder; an old one finds its files there."""
    present, named = count_present(folder)
    return present >= ENOUGH * named if named else not holds_files(folder)


def _counted(folder: Path) -> str:
    present, named = count_present(folder)
    if not named:
        return "it holds files of which the database knows none"
    return f"of {named:,} files that the database names {present:,} are in it"


def _ends(order: UnaryExpression[int]) -> Select[str | None]:
    named = select(Attachment.sha256).where(Attachment.sha256.is_not(None)).order_by(order).limit(SAMPLE)
    return select(named.subquery().c.sha256)


def _drafted() -> Select[str]:
    newest = select(DraftFile.sha256).order_by(DraftFile.id.desc()).limit(SAMPLE)
    return select(newest.subquery().c.sha256)
