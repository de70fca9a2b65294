"""Which files are read, told by name and content, and which module reads them."""

from tracker.domain.file_kinds import KINDS, OLE, UNNAMED, begins_as, extension_of, is_mail
from tracker.domain.tables import known
from tracker.extraction.unreadable import ENCRYPTED, NOT_ITS_KIND, NOT_READ, Unreadable

MODULES = (
    {UNNAMED: "plain"}
    | {name: "plain" for name, kind in KINDS.items() if kind.is_text}
    | {"pdf": "pdf", "docx": "docx", "xlsx": "xlsx", "eml": "mail"}
)
"""The module of each kind; its `text_in(file)` yields the text, piece by piece, so that a limit can stop it."""

known("kinds of files that are read", MODULES.keys() - {UNNAMED}, KINDS)

HEAD = 1024
"""So many bytes of its beginning tell a file's kind."""


def kind_of(file_name: str, head: bytes) -> str:
    """The kind that a file is by its name and by how it begins. Raises `Unreadable` when they differ."""
    kind = extension_of(file_name)
    if kind not in MODULES:
        raise Unreadable(NOT_READ)
    if not _fits(kind, head):
        raise Unreadable(NOT_ITS_KIND)
    if head.startswith(OLE):
        raise Unreadable(ENCRYPTED)
    return kind


def _fits(kind: str, head: bytes) -> bool:
    if MODULES[kind] == "mail":
        return is_mail(head)
    return MODULES[kind] == "plain" or begins_as(KINDS[kind], head, by_name=True)
