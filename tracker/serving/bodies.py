"""The body of a request, taken in whole before anything of the product is held for it."""

import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING

import structlog
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import (
    BadRequest,
    ClientDisconnected,
    HTTPException,
    RequestEntityTooLarge,
    ServiceUnavailable,
)
from werkzeug.http import parse_cookie, parse_options_header

from config import LARGEST_REQUEST, PLAIN_FORM, URL_ENCODED
from tracker.storage import FULL

if TYPE_CHECKING:
    from _typeshed.wsgi import InputStream, WSGIEnvironment

IN_MEMORY = 256 * 1024
"""So much of a body is kept in memory; a larger one in a temporary file."""

CHUNK = 256 * 1024

OF_A_STRANGER = 64 * 1024
"""So much whoever brings no session may send: a user name and a password. Files come from people who are signed in."""

SESSIONS = frozenset({"sid", "__Host-sid"})
"""The cookies of a session, as `tracker.web.sessions` names them."""

log = structlog.get_logger()


class DiskFull(HTTPException):
    """The disk takes no more; what was sent is not kept, and reading goes on."""

    code, name = 507, "Insufficient Storage"


def take_in(environ: "WSGIEnvironment") -> IO[bytes]:
    """The body as a file, which `environ` then reads; empty for none, and for one that is too large to be looked at.

    Raises `ClientDisconnected` for a body that ends early or trickles, so that half of a form is never acted on,
    `BadRequest` for chunks that are none, `RequestEntityTooLarge` for more than a stranger may send, and `DiskFull` or
    `ServiceUnavailable` where it cannot be put anywhere.
    """
    largest, declared = largest_of(environ), _declared(environ)
    if declared > largest and is_of_a_stranger(environ):
        raise RequestEntityTooLarge
    body = _received(environ, declared, largest) if declared <= largest and comes(environ) else io.BytesIO()
    environ["wsgi.input"] = body
    return body


def comes(environ: "WSGIEnvironment") -> bool:
    """Whether the head says that a body follows."""
    return _declared(environ) > 0 or "HTTP_TRANSFER_ENCODING" in environ


def is_of_a_stranger(environ: "WSGIEnvironment") -> bool:
    """It brings no session, not even one that has ended."""
    return SESSIONS.isdisjoint(parse_cookie(environ).keys())


def largest_of(environ: "WSGIEnvironment") -> int:
    """How much is read of a body with this head."""
    if is_of_a_stranger(environ):
        return OF_A_STRANGER
    media_type, _ = parse_options_header(environ.get("CONTENT_TYPE"))
    return PLAIN_FORM if media_type.lower() == URL_ENCODED else LARGEST_REQUEST


def _declared(environ: "WSGIEnvironment") -> int:
    """The bytes that are announced. Other servers than ours let through what is no number."""
    length: str = environ.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdecimal()):
        raise BadRequest
    return int(length)


def _received(environ: "WSGIEnvironment", declared: int, largest: int) -> IO[bytes]:
    body = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - whoever asked closes it
    try:
        size = _copy(environ["wsgi.input"], body, declared, largest)
        if size > largest and is_of_a_stranger(environ):
            raise RequestEntityTooLarge
        environ["CONTENT_LENGTH"] = str(size)
    except BaseException:
        with suppress(OSError):
            body.close()
        raise
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    return body


def _copy(stream: "InputStream", body: IO[bytes], declared: int, largest: int) -> int:
    """How much came. Of a body that says no length, what is just too much is enough to have it refused."""
    size, most = 0, declared or largest + 1
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
