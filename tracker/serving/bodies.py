"""The body of a request, taken in whole before anything of the product is held for it."""

import errno
import io
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING

from werkzeug.exceptions import ClientDisconnected, HTTPException

from config import LARGEST_REQUEST

if TYPE_CHECKING:
    from _typeshed.wsgi import InputStream, WSGIEnvironment

IN_MEMORY = 256 * 1024
"""So much of a body is kept in memory; a larger one in a temporary file."""

CHUNK = 256 * 1024


class DiskFull(HTTPException):
    """The disk takes no more; what was sent is not kept, and reading goes on."""

    code, name = 507, "Insufficient Storage"


def take_in(environ: "WSGIEnvironment") -> IO[bytes]:
    """The body as a file, which `environ` then reads; empty for none, and for one that is too large to be looked at.

    Raises `ClientDisconnected` for a body that ends early or trickles, so that half of a form is never acted on.
    """
    declared = int(environ.get("CONTENT_LENGTH") or 0)
    comes = declared <= LARGEST_REQUEST and (declared or "HTTP_TRANSFER_ENCODING" in environ)
    body = _received(environ, declared) if comes else io.BytesIO()
    environ["wsgi.input"] = body
    return body


def _received(environ: "WSGIEnvironment", declared: int) -> IO[bytes]:
    body = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - whoever asked closes it
    try:
        environ["CONTENT_LENGTH"] = str(_copy(environ["wsgi.input"], body, declared))
    except BaseException:
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
    body.seek(0)
    return size


def _read(stream: "InputStream", size: int) -> bytes:
    try:
        return stream.read(size)
    except OSError as error:
        raise ClientDisconnected from error


def _write(body: IO[bytes], chunk: bytes) -> int:
    try:
        return body.write(chunk)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull from error
        raise
