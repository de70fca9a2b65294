"""Which files can be attached, how their content is told, and what a file may be called.

Nothing that a browser could run is among them under its own name: no HTML, no SVG, no XML. Text that holds such marks
is text, and only ever saved.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from tracker.domain.names import one_line

LONGEST_NAME = 255
"""In bytes of UTF-8: as long as a name may be where it will be saved."""

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIPPED = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind of file: how it is served, what people call it, how it begins, and what stands somewhere in it.

    `begins` and `holds` ask for one of theirs; empty asks for nothing. `is_text` is checked as text. What bears the
    name of the kind may begin up to `within` bytes later, as programs that read it allow.
    """

    media_type: str
    called: str
    begins: tuple[bytes, ...] = ()
    holds: tuple[bytes, ...] = ()
    is_text: bool = False
    within: int = 0


def _stream(name: str) -> bytes:
    """How the directory of an OLE file names one of its streams."""
    return name.encode("utf-16-le")


_OFFICE = "application/vnd.openxmlformats-officedocument"
_ENCRYPTED = _stream("EncryptedPackage")
"""A document with a password lies as a whole in one stream of an OLE file."""

_WORD = f"{_OFFICE}.wordprocessingml.document"
_EXCEL = f"{_OFFICE}.spreadsheetml.sheet"
_OLD_EXCEL = "application/vnd.ms-excel"
_PLAIN = FileKind("text/plain", "plain text", is_text=True)

KINDS = {
    "pdf": FileKind("application/pdf", "a PDF", (b"%PDF-",), within=1024 - len(b"%PDF-")),
    "png": FileKind("image/png", "a PNG picture", (b"\x89PNG\r\n\x1a\n",)),
    "jpg": FileKind("image/jpeg", "a JPEG picture", (b"\xff\xd8\xff",)),
    "jpeg": FileKind("image/jpeg", "a JPEG picture", (b"\xff\xd8\xff",)),
    "gif": FileKind("image/gif", "a GIF picture", (b"GIF87a", b"GIF89a")),
    "txt": _PLAIN,
    "csv": FileKind("text/csv", "a table in plain text", is_text=True),
    "eml": FileKind("message/rfc822", "a mail", is_text=True),
    "msg": FileKind("application/vnd.ms-outlook", "an Outlook mail", (OLE,), (_stream("__properties_version1.0"),)),
    "doc": FileKind("application/msword", "a Word document", (OLE,), (_stream("WordDocument"), _ENCRYPTED)),
    "docx": FileKind(_WORD, "a Word document", (ZIPPED, OLE), (b"word/", _ENCRYPTED)),
    "xls": FileKind(_OLD_EXCEL, "an Excel workbook", (OLE,), (_stream("Workbook"), _stream("Book"), _ENCRYPTED)),
    "xlsx": FileKind(_EXCEL, "an Excel workbook", (ZIPPED, OLE), (b"xl/", _ENCRYPTED)),
    "zip": FileKind("application/zip", "a ZIP archive", (ZIPPED, b"PK\x05\x06")),
    "edi": _PLAIN,
    "x12": _PLAIN,
    "lse": _PLAIN,
    "log": _PLAIN,
    "tsv": _PLAIN,
}
"""What may be attached, by extension. A `zip` is kept as it is and never unpacked.

The last ones are the names that this market gives plain text; it also comes without any.
"""

UNNAMED = ""
"""The extension of a name that has none."""

MEDIA_TYPES = frozenset(kind.media_type for kind in KINDS.values())

RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])", re.IGNORECASE)
MARKUP = re.compile(rb"<(!doctype|!--|(html|head|body|script|iframe|svg|style|meta|object|embed)[\s/>])", re.IGNORECASE)
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x19\x1b\x7f]")
"""What stands in no text; the separators of X12 do, and the sign by which old programs end a file."""

MAIL_BEGINS = re.compile(rb"(From |[A-Za-z][A-Za-z0-9-]*:)")


def extension_of(name: str) -> str:
    """The extension of a name in small letters; `UNNAMED` when it has none.

    A number is none (`867FWD.446407.1`), nor is the rest of a sentence (`Letter to Mr. Smith`).
    """
    stem, dot, extension = name.rpartition(".")
    is_one = stem and dot and any(map(str.isalpha, extension)) and not any(map(str.isspace, extension))
    return extension.lower() if is_one else UNNAMED


def kind_at(extension: str) -> FileKind | None:
    """The kind that a name with this extension says; plain text where it says none."""
    return _PLAIN if extension == UNNAMED else KINDS.get(extension)


def candidates(extension: str) -> Sequence[str]:
    """The extensions of the kinds that content under this one may be, the likeliest first.

    What begins as a picture or a document is one, also under the name of a text; and what is nothing else may be text.
    """
    kind, others = kind_at(extension), [name for name, one in KINDS.items() if not one.is_text]
    if kind is None:
        return ()
    return (*others, extension, "txt") if kind.is_text else (extension, *others, "txt")


def named_after(name: str, extension: str) -> str:
    """The name with the extension of what the file is, where it has another."""
    present = extension_of(name)
    if present == extension:
        return name
    stem = name[: -len(present) - 1] if present else name
    return clean_name(f"{stem}.{extension}")


def clean_name(raw: str | None) -> str:
    """A file name without folders, control characters, what does not show, and what no system can save."""
    name = (raw or "").replace("\\", "/").rpartition("/")[2]
    visible = one_line("".join(char for char in name if unicodedata.category(char)[0] != "C"))
    name = re.sub(r'[<>:"|?*]', "_", visible).strip(" .") or "file"
    stem, dot, extension = name.rpartition(".")
    if RESERVED.fullmatch(name.partition(".")[0].strip()):
        stem, name = f"_{stem}", f"_{name}"
    if not stem or len(extension) > 10:
        return _cut(name, LONGEST_NAME).rstrip(" .")
    return f"{_cut(stem, LONGEST_NAME - len(extension.encode()) - 1)}{dot}{extension}"


def is_markup(text: bytes) -> bool:
    """It holds something that a browser runs."""
    return MARKUP.search(text) is not None


def is_mail(head: bytes) -> bool:
    """The beginning of a file reads as a mail, which may quote HTML after its headers."""
    return MAIL_BEGINS.match(head.removeprefix(b"\xef\xbb\xbf").lstrip()) is not None


def begins_as(kind: FileKind, head: bytes, *, by_name: bool) -> bool:
    """The beginning of a file fits the kind; only where its name says so too may that come later."""
    within = kind.within if by_name else 0
    return any(head.find(begin, 0, within + len(begin)) >= 0 for begin in kind.begins)


def _cut(text: str, most: int) -> str:
    return text.encode()[:most].decode(errors="ignore")
