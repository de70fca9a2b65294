"""Whether the address that the server is to listen on is free: said before it is asked for, in one sentence."""

import errno
import os
import socket
from contextlib import closing
from pathlib import Path

from config import BadConfig, listening_address


def refuse_taken(bind: str) -> None:
    """Raises `BadConfig` where somebody listens already, or nobody can."""
    try:
        if bind.startswith("unix:"):
            _try_socket(bind.removeprefix("unix:"))
        else:
            _try_port(*_parts(bind))
    except OSError as error:
        raise BadConfig(_sentence(bind, error)) from None


def _parts(bind: str) -> tuple[str, int]:
    host, _, port = bind.rpartition(":")
    return host.strip("[]"), int(port)


def _try_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))


def _try_socket(path: str) -> None:
    """What a server left that is gone may be replaced. Gunicorn would replace one that answers, too."""
    place = Path(path)
    if not os.access(place.parent, os.W_OK):
        raise FileNotFoundError(errno.ENOENT, "its folder is not there, or we may not write to it")
    if place.exists() and not place.is_socket():
        raise FileExistsError(errno.EEXIST, "another file is there")
    with closing(socket.socket(socket.AF_UNIX)) as client:
        if client.connect_ex(path) == 0:
            raise OSError(errno.EADDRINUSE, "in use")


def _sentence(bind: str, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Another server listens on {bind} already. Stop it, or choose another port with PORT=…, and start again."
        )
    return f"Nothing can listen on {bind}: {error.strerror or error}. Correct TRACKER_BIND or PORT and start again."


if __name__ == "__main__":  # `make run` asks before it makes anything
    refuse_taken(listening_address())
