"""Files that come with a form: stored at once, so that the action only writes rows."""

from collections.abc import Iterable

from flask import current_app
from werkzeug.datastructures import FileStorage

from tracker.actions.attachments import StoredFile
from tracker.domain.file_kinds import clean_name
from tracker.storage import store


def stored_files(uploads: Iterable[FileStorage]) -> list[StoredFile]:
    """Store every chosen file; an input that was left empty counts as none. Raises `Invalid` or `TooLarge`."""
    return [_stored(upload) for upload in uploads if upload.filename]


def _stored(upload: FileStorage) -> StoredFile:
    name = clean_name(upload.filename)
    kept = store(current_app.config["TRACKER"].attachments, upload.stream, name)
    return StoredFile(name, name, kept.media_type, kept.size, kept.sha256)
