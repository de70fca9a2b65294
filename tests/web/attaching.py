"""Sending files with the forms of an issue."""

import io
import re
from html import unescape

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tracker.db import db
from tracker.models import Attachment, Issue

PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)

File = tuple[bytes, str]


def post(client: FlaskClient, path: str, *files: File, **fields: str) -> TestResponse:
    """Send a form with files."""
    sent = [FileStorage(io.BytesIO(content), name) for content, name in files]
    boundary, body = encode_multipart({**fields, "files": sent})  # the client would keep a large one in a file
    answer = client.post(path, data=body, content_type=f'multipart/form-data; boundary="{boundary}"')
    db.session.expire_all()
    return answer


def attach(client: FlaskClient, issue: Issue, *files: File, ring: str = "parties") -> TestResponse:
    """Send files with the form of the issue page."""
    return post(client, f"/issues/{issue.number}/attachments", *files, ring=ring)


def attachments() -> list[Attachment]:
    """All that is attached anywhere, the oldest first."""
    return list(db.session.scalars(select(Attachment).order_by(Attachment.id)))


def notices(page: str) -> list[str]:
    """What a page says above its lists."""
    said = re.findall(r'<div class="notice" role="status">((?:<p>[^<]*</p>)+)</div>', page)
    return [unescape(text) for some in said for text in re.findall(r"<p>([^<]*)</p>", some)]


def error_at_files(page: str) -> str:
    """The reason beside the files."""
    found = re.search(r'id="files-e"[^>]*>([^<]*)<', page)
    return unescape(found[1]) if found else ""
