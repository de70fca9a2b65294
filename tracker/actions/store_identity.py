"""Writing the identity of the market into a folder: into a new one, or one that really is this market's."""

from pathlib import Path

import structlog

from tracker.domain.sentence import Sentence
from tracker.errors import Unavailable
from tracker.queries.store_identity import Standing, own_identity, standing_of, trouble_with
from tracker.storage import mark_folder

log = structlog.get_logger()

CANNOT_STORE = Sentence(
    "no-place-for-files",
    "No file can be stored at this moment: the place where files are kept is not the right one. Tell the operator, "
    "and send the files later; without files everything works.",
)


def claim(folder: Path) -> None:
    """Make sure that the folder is this market's, before anything is stored in it or swept from it.

    A folder without identity that is provably ours gets it. Raises `Unavailable`; the reason in full is logged.
    """
    match standing_of(folder):
        case Standing.OURS:
            return
        case Standing.CLAIMABLE:
            adopt(folder)
        case Standing.FOREIGN | Standing.UNPROVEN:
            log.error("the attachments folder is not this market's", reason=str(trouble_with(folder)))
            raise Unavailable(CANNOT_STORE)


def adopt(folder: Path) -> None:
    """Write the identity of the database into the folder, whatever it bears: it is known to be this market's."""
    ours = own_identity()
    assert ours is not None  # a migration wrote it
    mark_folder(folder, ours)
    log.info("the attachments folder is this market's from now on", folder=str(folder))
