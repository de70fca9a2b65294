"""Files that come with a form: written beside first, and kept when what they came with was accepted."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from flask import current_app, flash, request
from werkzeug.datastructures import FileStorage

from tracker.actions.attachments import StoredFile
from tracker.actions.store_identity import ensure_ours
from tracker.db import db
from tracker.domain.file_kinds import clean_name, extension_of, kind_at
from tracker.domain.sentence import Sentence
from tracker.errors import Invalid, NoRoom, TooLarge, TrackerError, Unavailable
from tracker.queries.quotas import Room
from tracker.storage import Intake
from tracker.web.failures import status_of
from tracker.web.form_errors import TakesReasons, errors_into
from tracker.web.transactions import commit_now

NOTES = "files"
"""The category of the notices that stand among the attachments."""


class Present(Protocol):
    """A file that is there already."""

    @property
    def title(self) -> str: ...

    @property
    def sha256(self) -> str | None: ...


@dataclass
class Sent:
    """What came with a form: the good files, why the others were not taken, and which are kept under another name."""

    intake: Intake
    files: list[StoredFile] = field(default_factory=list)
    refused: list[TrackerError] = field(default_factory=list)
    renamed: list[Sentence] = field(default_factory=list)

    def require_all(self) -> None:
        """Raise `Invalid` at `files` unless every file was taken: what they came with waits until it is whole."""
        if self.refused:
            raise Invalid({"files": self.reasons})

    @property
    def reasons(self) -> str:
        """Why files were not taken, in one text."""
        return " ".join(dict.fromkeys(map(str, self.refused)))

    @property
    def status(self) -> int:
        """What a refusal answers with: the gravest of the reasons, or that the form cannot be taken as it is."""
        return max((status_of(error) for error in self.refused), default=422)

    def keep(self) -> None:
        """Put the good ones in their place. Raises `NoRoom` or `Unavailable`."""
        self.intake.keep()

    def say(self, present: Iterable[Present] = ()) -> bool:
        """Say among the attachments of the next page what is to be known of the files that were taken, beside those
        that the reader sees there; False when there is nothing.
        """
        notices = [*self.renamed, *_copies(self.files, present)]
        for text in notices:
            flash(text, NOTES)
        return bool(notices)

    def say_refused(self) -> None:
        """Say there too why the others were not taken."""
        for text in dict.fromkeys(map(str, self.refused)):
            flash(text, NOTES)


@contextmanager
def files_sent(room: Callable[[], Room]) -> Iterator[Sent]:
    """The files that were chosen, as far as there is room; an input that was left empty counts as none.

    Only for who may do what they came with: from here on the disk is written to. What is not kept at the end is gone.
    """
    folder = current_app.config["TRACKER"].attachments
    chosen = [upload for upload in request.files.getlist("files") if upload.filename]
    with Intake(folder) as intake:
        sent = Sent(intake)
        if chosen:
            _take_in(sent, chosen, room())
        yield sent


@contextmanager
def refusals_into(form: TakesReasons, sent: Sent) -> Iterator[None]:
    """As `errors_into`; also what is wrong with the files and nothing else, at their place."""
    try:
        with errors_into(form):
            yield
            return
    except (TooLarge, NoRoom, Unavailable) as error:
        db.session.rollback()
        sent.refused.append(error)
    if sent.refused:
        form.refuse({"files": sent.reasons})


def _take_in(sent: Sent, chosen: Iterable[FileStorage], room: Room) -> None:
    try:
        ensure_ours(current_app.config["TRACKER"].attachments)
    except (Unavailable, NoRoom) as error:
        sent.refused.append(error)
        return
    commit_now()  # nothing is changed so far, and nobody waits for this one's disk
    for upload in chosen:
        try:
            _take(sent, upload, room)
        except (Invalid, TooLarge, NoRoom, Unavailable) as error:
            sent.refused.append(error)


def _take(sent: Sent, upload: FileStorage, room: Room) -> None:
    name = clean_name(upload.filename)
    room.require(name, _size_of(upload))
    kept = sent.intake.take(upload.stream, name)
    room.count(kept.size)
    sent.files.append(StoredFile(kept.file_name, kept.file_name, kept.media_type, kept.size, kept.sha256))
    kind = kind_at(extension_of(kept.file_name))
    if kept.file_name != name and kind:
        words = "“{name}” is kept as “{kept}”, because its content is {kind}."
        sent.renamed.append(Sentence("file-renamed", words, name=name, kept=kept.file_name, kind=kind.called))


def _size_of(upload: FileStorage) -> int:
    size = upload.stream.seek(0, os.SEEK_END)
    upload.stream.seek(0)
    return size


def _copies(files: Iterable[StoredFile], present: Iterable[Present]) -> Iterator[Sentence]:
    """Which of the files have the content of one that is there, or came with them."""
    titles: dict[str | None, str] = {}
    for one in present:
        titles.setdefault(one.sha256, one.title)
    for file in files:
        if file.sha256 in titles:
            words = "“{name}” has the same content as “{other}”, which is there already. Both are kept."
            yield Sentence("file-there-already", words, name=file.title, other=titles[file.sha256])
        titles.setdefault(file.sha256, file.title)
