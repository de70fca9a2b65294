"""Where the bytes of attachments lie: one file for each content, named by its SHA-256 (security.md S37, R24).

Bytes are written beside and flushed to the disk; they are only given their name when what mentions them was accepted,
and the row that mentions them is committed after. What was refused is gone at once. Whatever is derived from bytes is
asked of them each time: that somebody else keeps the same ones must show nowhere.
"""

from tracker.storage.content import SAVED_ONLY, text_encoding
from tracker.storage.intake import FULL, LARGEST_FILE, NO_PLACE, NO_ROOM, Intake, StoredBytes, mark_folder, store
from tracker.storage.places import (
    IDENTITY,
    PARTIAL,
    STORED,
    holds_files,
    identity_of,
    lies_at,
    path_of,
    sha256_at,
    stored_in,
    verified,
)

__all__ = [
    "FULL",
    "IDENTITY",
    "LARGEST_FILE",
    "NO_PLACE",
    "NO_ROOM",
    "PARTIAL",
    "SAVED_ONLY",
    "STORED",
    "Intake",
    "StoredBytes",
    "holds_files",
    "identity_of",
    "lies_at",
    "mark_folder",
    "path_of",
    "sha256_at",
    "store",
    "stored_in",
    "text_encoding",
    "verified",
]
