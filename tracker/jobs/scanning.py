"""Asking the operator's scanner about an attached file (`TRACKER_SCAN_COMMAND`)."""

import os
import signal
from collections.abc import Sequence
from pathlib import Path
from subprocess import STDOUT, Popen, TimeoutExpired
from tempfile import TemporaryFile

import structlog

from tracker.actions.attachments import SCAN
from tracker.actions.scanning import forget_waiting, found
from tracker.db import db, reads_only
from tracker.domain.scanning import Scan
from tracker.jobs.tools import Tools
from tracker.models import Attachment, Job
from tracker.storage import verified

TOPIC = SCAN
LONGEST = 120.0
"""Seconds that the scanner may take for a file."""

ANSWERS = {0: Scan.CLEAN, 1: Scan.HARMFUL}
"""What the scanner says by ending so; whatever else it ends with is no answer."""

KEPT = ("PATH", "LANG", "LC_ALL", "TZ")
"""The settings and secrets of the product are not for the scanner."""

log = structlog.get_logger()


class ScannerFailed(Exception):
    """The scanner gave no answer; it is asked again."""


def scan_attachment(job: Job, tools: Tools) -> None:
    """Ask about the file, and keep the answer for this attachment, whoever else holds the same bytes."""
    attachment_id = job.details["attachment_id"]
    if not tools.scanner:
        return forget_waiting(db.session.get_one(Attachment, attachment_id))
    with reads_only():  # the scanner takes its time, and must hold up nobody who writes
        sha256 = db.session.get_one(Attachment, attachment_id).sha256 or ""
        db.session.rollback()
        answer = ask(tools.scanner, verified(tools.attachments, sha256))
    return found(db.session.get_one(Attachment, attachment_id), answer)


def ask(scanner: Sequence[str], path: Path) -> Scan:
    """What the scanner says of the file, which it gets as its last argument and as its input. Raises `ScannerFailed`.

    What it writes is for whoever runs the product, and stands in the log.
    """
    with TemporaryFile() as output, path.open("rb") as file:
        with Popen(  # noqa: S603  # the command is the operator's own, and no shell reads it
            [*scanner, str(path)], stdin=file, stdout=output, stderr=STDOUT, env=_environment(), start_new_session=True
        ) as process:
            code = ended_within(process, LONGEST)
        output.seek(0)
        said = output.read(500).decode("utf-8", "replace")
    answer = ANSWERS.get(code)
    if answer is not Scan.CLEAN:
        log.warning("the scanner did not call a file clean", sha256=path.parent.name + path.name, code=code, said=said)
    if answer is None:
        raise ScannerFailed(f"The scanner ended with {code}, which is no answer.")
    return answer


def ended_within(process: "Popen[bytes]", longest: float) -> int:
    """How it ended by itself; when its time is up, with whatever it has begun."""
    try:
        return process.wait(longest)
    except TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return process.wait()


def _environment() -> dict[str, str]:
    return {name: os.environ[name] for name in KEPT if name in os.environ}
