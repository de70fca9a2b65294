"""Each release keeps what it leaves, so that the next ones are tried on it."""

import re
from pathlib import Path

import pytest
from flask import Flask

from tests.dumps import RELEASES, ROOT, load_from
from tests.leaving import write_dumps
from tracker.backups.digests import reflected
from tracker.db import db
from tracker.version import VERSION

HEADING = re.compile(r"^## (\d+\.\d+\.\d+)( \(not released yet\))?$", re.MULTILINE)

NEVER_USED = {"mail", "search_document"}
"""Letters go only where a mail server is; the index is not everywhere in the database."""


def test_each_release_of_the_changelog_has_its_dump() -> None:
    headings = HEADING.findall((ROOT / "CHANGELOG.md").read_text())
    assert headings[0][0] == VERSION
    assert [version for version, ahead in headings if not ahead][::-1] == RELEASES


@pytest.fixture(scope="session")
def left(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What this release would leave of a smaller market."""
    folder = tmp_path_factory.mktemp("left")
    write_dumps(tmp_path_factory.mktemp("scratch"), folder, issues=80, premises=600)
    return folder


def test_what_is_kept_of_this_release_is_used_everywhere(apart: Flask, left: Path) -> None:
    load_from(left, apart.config["TRACKER"])
    with db.engine.connect() as connection:
        empty = {
            name
            for name, table in reflected(connection).tables.items()
            if not connection.execute(table.select()).first()
        }
    assert empty <= NEVER_USED
