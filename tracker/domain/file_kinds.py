"""Which files can be attached, how their content is told, and what a file may be called.

Nothing that a browser could run is among them: no HTML, no SVG, no XML.
"""

import re
import unicodedata
from dataclasses import dataclass

from tracker.domain.names import one_line

LONGEST_NAME = 255
"""In bytes of UTF-8: as long as a name may be where it will be saved."""

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIPPED = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind of file: how it is served, how it begins, and what stands somewhere in it.

    `begins` and `holds` ask for one of theirs; empty asks for nothing. `is_text` is checked as text.
    """

    media_type: str
    begins: tuple[bytes, ...] = ()
    holds: tuple[bytes, ...] = ()
    is_text: bool = False


def _stream(name: str) -> bytes:
    """How the directory of an OLE file names one of its streams."""
    return name.encode("utf-16-le")


_OFFICE = "application/vnd.openxmlformats-officedocument"
_ENCRYPTED = _stream("EncryptedPackage")
"""A document with a password lies as a whole in one stream of an OLE file."""

KINDS = {
    "pdf": FileKind("application/pdf", (b"%PDF-",)),
    "png": FileKind("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "jpg": FileKind("image/jpeg", (b"\xff\xd8\xff",)),
    "jpeg": FileKind("image/jpeg", (b"\xff\xd8\xff",)),
    "gif": FileKind("image/gif", (b"GIF87a", b"GIF89a")),
    "txt": FileKind("text/plain", is_text=True),
    "csv": FileKind("text/csv", is_text=True),
    "eml": FileKind("message/rfc822", is_text=True),
    "msg": FileKind("application/vnd.ms-outlook", (OLE,), (_stream("__properties_version1.0"),)),
    "doc": FileKind("application/msword", (OLE,), (_stream("WordDocument"), _ENCRYPTED)),
    "docx": FileKind(f"{_OFFICE}.wordprocessingml.document", (ZIPPED, OLE), (b"word/", _ENCRYPTED)),
    "xls": FileKind("application/vnd.ms-excel", (OLE,), (_stream("Workbook"), _stream("Book"), _ENCRYPTED)),
    "xlsx": FileKind(f"{_OFFICE}.spreadsheetml.sheet", (ZIPPED, OLE), (b"xl/", _ENCRYPTED)),
    "zip": FileKind("application/zip", (ZIPPED, b"PK\x05\x06")),
}
"""What may be attached, by extension. A `zip` is kept as it is and never unpacked."""

MEDIA_TYPES = frozenset(kind.media_type for kind in KINDS.values())

RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])", re.IGNORECASE)
MARKUP = re.compile(rb"<(!doctype|!--|(html|head|body|script|iframe|svg|style|meta|object|embed)[\s/>])", re.IGNORECASE)
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
MAIL_BEGINS = re.compile(rb"(From |[A-Za-z][A-Za-z0-9-]*:)")


def extension_of(name: str) -> str:
    """The extension of a name in small letters; empty when it has none."""
    stem, dot, extension = name.rpartition(".")
    return extension.lower() if stem and dot else ""


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


def is_markup(head: bytes, extension: str) -> bool:
    """The beginning of a file reads as something that a browser runs. A mail may quote HTML, after its headers."""
    if extension == "eml":
        return not MAIL_BEGINS.match(head.removeprefix(b"\xef\xbb\xbf").lstrip())
    return MARKUP.search(head[:1024]) is not None


def _cut(text: str, most: int) -> str:
    return text.encode()[:most].decode(errors="ignore")
