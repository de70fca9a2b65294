"""Office files are archives; what is said here holds for all of them."""

from typing import BinaryIO
from zipfile import ZipFile

from tracker.extraction.unreadable import NOT_ITS_KIND, TOO_BIG, Unreadable

MOST_UNFOLDED = 512 << 20
"""Bytes. A table of 20 MB unfolds into a few hundred; no member gives more than it declares."""


def opened(file: BinaryIO, folder: str) -> ZipFile:
    """The archive, which holds this folder. Raises `Unreadable` if it does not, or is a bomb."""
    archive = ZipFile(file)
    if not any(name.startswith(folder) for name in archive.namelist()):
        raise Unreadable(NOT_ITS_KIND)
    if sum(member.file_size for member in archive.infolist()) > MOST_UNFOLDED:
        raise Unreadable(TOO_BIG)
    return archive
