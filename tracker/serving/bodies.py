"""The body of a request, taken in whole before anything of the product is held for it."""

import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING

import structlog
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import BadRequest, ClientDisconnected, HTTPException, ServiceUnavailable

from config import LARGEST_REQUEST
from tracker.storage import FULL

if TYPE_CHECKING:
    from _typeshed.wsgi import InputStream, WSGIEnvironment

IN_MEMORY = 256 * 1024
"""So much of a body is kept in memory; a larger one in a temporary file."""

CHUNK = 256 * 1024

log = structlog.get_logger()


class DiskFull(HTTPException):
    """The disk takes no more; what was sent is not kept, and reading goes on."""

    code, name = 507, "Insufficient Storage"


def take_in(environ: "WSGIEnvironment") -> IO[bytes]:
    """The body as a file, which `environ` then reads; empty for none, and for one that is too large to be looked at.

    Raises `ClientDisconnected` for a body that ends early or trickles, so that half of a form is never acted on,
    `BadRequest` for chunks that are none, and `DiskFull` or `ServiceUnavailable` where it cannot be put anywhere.
    """
    declared = _declared(environ.get("CONTENT_LENGTH") or "0")
    comes = declared <= LARGEST_REQUEST and (declared or "HTTP_TRANSFER_ENCODING" in environ)
    body = _received(environ, declared) if comes else io.BytesIO()
    environ["wsgi.input"] = body
    return body


def _declared(length: str) -> int:
    """The bytes that are announced. Other servers than ours let through what is no number."""
    if not (length.isascii() and length.isdecimal()):
        raise BadRequest
    return int(length)


def _received(environ: "WSGIEnvironment", declared: int) -> IO[bytes]:
    body = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - whoever asked closes it
    try:
        environ["CONTENT_LENGTH"] = str(_copy(environ["wsgi.input"], body, declared))
    except BaseException:
        with suppress(OSError):
            body.close()
        raise
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    return body


def _copy(stream: "InputStream", body: IO[bytes], declared: int) -> int:
    """How much came. Of a body that says no length, what is just too much is enough to have it refused."""
    size, most = 0, declared or LARGEST_REQUEST + 1
    while size < most and (chunk := _read(stream, min(CHUNK, most - size))):
        size += _write(body, chunk)
    if size < declared:
        raise ClientDisconnected
    with _put_down():
        body.seek(0)  # what was still to be written is written now
    return size


def _read(stream: "InputStream", size: int) -> bytes:
    try:
        return stream.read(size)
    except OSError as error:
        raise ClientDisconnected from error
    except ParseException as error:
        raise BadRequest from error


def _write(body: IO[bytes], chunk: bytes) -> int:
    with _put_down():
        return body.write(chunk)


@contextmanager
def _put_down() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        log.error("a body cannot be put on the disk", reason=str(error))
        raise (DiskFull if error.errno in FULL else ServiceUnavailable) from error
