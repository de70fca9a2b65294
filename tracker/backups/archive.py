"""The one file that a backup is: a tar of the database, the files and the key, and last of all what each must be."""

import hashlib
import json
import re
import tarfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import IO

from tracker.backups.copying import Damaged

DATABASE, SECRET, CONTENTS, SEAL = "tracker.sqlite", "secret-key", "contents.json", "contents.sha256"
ATTACHMENTS = "attachments/"
FILE = rf"{ATTACHMENTS}[0-9a-f]{{2}}/[0-9a-f]{{62}}"
MEMBER = re.compile(rf"tracker\.sqlite|secret-key|{ATTACHMENTS}identity|{FILE}")
"""What may stand in a backup; nothing else is ever written to a disk."""

CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds: by which release, at which revision, each member's SHA-256, each table's digest."""

    version: str
    revision: str
    members: dict[str, str]
    tables: dict[str, str]

    @property
    def files(self) -> int:
        """How many attached files it holds."""
        return sum(re.fullmatch(FILE, name) is not None for name in self.members)

    @property
    def seal(self) -> str:
        """What tells this backup from any other."""
        return hashlib.sha256(self.as_text().encode()).hexdigest()

    def as_text(self) -> str:
        """As it stands in the archive."""
        return json.dumps(asdict(self), sort_keys=True, indent=1)


def add_file(archive: tarfile.TarFile, name: str, path: Path) -> str:
    """Add a file as it is now: its SHA-256. Raises `FileNotFoundError`."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        archive.addfile(_member(name, path.stat().st_size), file)
    return digest


def add_text(archive: tarfile.TarFile, name: str, text: str) -> str:
    """Add a text: its SHA-256."""
    content = text.encode()
    archive.addfile(_member(name, len(content)), BytesIO(content))
    return hashlib.sha256(content).hexdigest()


def read_contents(path: Path) -> Contents:
    """What the archive says that it holds, once every member of it is what it says. Raises `Damaged`."""
    try:
        return _checked(path)
    except (tarfile.TarError, OSError, ValueError, KeyError, TypeError, EOFError) as error:
        raise Damaged(f"{path.name} is not a whole backup: {error}.") from error


def members_of(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """Each file of the archive with its content, in order."""
    with tarfile.open(path, "r:") as archive:
        for member in archive:
            content = archive.extractfile(member)
            if content is not None and MEMBER.fullmatch(member.name):
                yield member.name, content


def _checked(path: Path) -> Contents:
    with tarfile.open(path, "r:") as archive:
        text = _text(archive, CONTENTS)
        if hashlib.sha256(text).hexdigest() != _text(archive, SEAL).decode():
            raise Damaged("What the backup says of its contents is damaged.")
    contents = Contents(**json.loads(text))
    found = {name: _digest(content) for name, content in members_of(path)}
    wrong = sorted(name for name in contents.members.keys() | found if contents.members.get(name) != found.get(name))
    if wrong:
        raise Damaged(f"{len(wrong):,} parts of the backup are damaged or missing, such as {wrong[0]}.")
    return contents


def _digest(content: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := content.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _text(archive: tarfile.TarFile, name: str) -> bytes:
    content = archive.extractfile(name)
    assert content is not None  # `extractfile` raises KeyError for what is not there
    return content.read()


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member
