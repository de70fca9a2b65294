"""Writing the identity of the market into a folder: into a new one, or one that really is this market's."""

from pathlib import Path

import structlog

from tracker.errors import Unavailable
from tracker.queries.store_identity import Belonging, belonging_of, own_identity, trouble_with
from tracker.storage import NO_PLACE, mark_folder

log = structlog.get_logger()


def ensure_ours(folder: Path) -> None:
    """Make sure that the folder is this market's, before anything is stored in it or swept from it.

    A folder without identity that is provably ours gets it. Raises `Unavailable` or `NoRoom`; the log says why.
    """
    match belonging_of(folder):
        case Belonging.OURS:
            return
        case Belonging.PROVEN:
            adopt(folder)
        case Belonging.FOREIGN | Belonging.UNPROVEN:
            log.error("the attachments folder is not this market's", reason=str(trouble_with(folder)))
            raise Unavailable(NO_PLACE)


def adopt(folder: Path) -> None:
    """Write the identity of the database into the folder, whatever it bears: it is known to be this market's."""
    ours = own_identity()
    assert ours is not None  # a migration wrote it
    mark_folder(folder, ours)
    log.info("the attachments folder is this market's from now on", folder=str(folder))
