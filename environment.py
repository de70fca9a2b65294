"""How one setting is read: what the environment says, or for a secret the file that it names.

Nothing is made at a path that somebody named: a mistyped one would become a new key. Which files may hold a secret is
said by `exposure`; docs/decisions/0023 says why.
"""

import os
import secrets
import stat
from pathlib import Path

STRAY = "\ufeff \t\r\n\f\v"
"""What editors and files of settings leave around a value: blanks, line ends, a byte order mark."""

LARGEST_SECRET = 64 * 1024


class BadConfig(SystemExit):
    """The environment asks for something that cannot be; the text says what and how to mend it."""


def value(name: str, default: str = "") -> str:
    """What the environment says without anything stray around it, or the default for what is not set or empty."""
    text = os.environ.get(name, "").strip(STRAY)
    if not text.isprintable():
        raise BadConfig(f"{name} holds a line break or another sign that cannot be seen. Remove it and start again.")
    return text or default


def whole(name: str, default: int, most: int = 65535) -> int:
    """A whole number from 1 to `most`."""
    text = value(name, str(default))
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
        raise BadConfig(f"{name} must be a whole number from 1 to {most}, not {text!r}.")
    return int(text)


def secret(name: str, file_name: str = "") -> str:
    """What `name` says, or what is in the file that `name`_FILE (or `file_name`) names; empty for neither."""
    file_name = file_name or f"{name}_FILE"
    path = value(file_name)
    if path and value(name):
        raise BadConfig(f"Both {name} and {file_name} are set. Keep one of them and start again.")
    return read_secret(Path(path), file_name) if path else value(name)


def read_secret(path: Path, named_by: str) -> str:
    """What the file holds, without anything stray around it."""
    try:
        state = path.stat()
        content = path.read_bytes() if stat.S_ISREG(state.st_mode) and state.st_size <= LARGEST_SECRET else b""
        text = content.decode().strip(STRAY)
    except FileNotFoundError as error:
        raise BadConfig(
            f"{named_by} names {path}, and no such file is there. Correct the path or put it there."
        ) from error
    except OSError as error:
        raise BadConfig(f"{named_by} names {path}, which cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadConfig(
            f"{named_by} names {path}, which is no text in UTF-8. Save it as text and start again."
        ) from error
    reason = exposure(state, can_change=_can_change(path), me=os.geteuid())
    if reason:
        raise BadConfig(f"{reason} {path}, which {named_by} names. Run: chmod 600 {path}")
    if not text or not text.isprintable():
        raise BadConfig(f"{named_by} names {path}, which holds nothing, or more than one line. Put the secret there.")
    return text


def exposure(state: os.stat_result, *, can_change: bool, me: int) -> str:
    """How others get at the secret in a file, or nothing where they do not.

    It belongs to us or to root, and nobody else writes it; its group may read it (0440, as containers get theirs).
    Everybody may read it (0444) only where root owns it and we can change neither it nor its folder: that is how the
    engine of a container mounts a secret, into a machine with nobody else on it.
    """
    if state.st_uid not in (0, me):
        return "Another user owns"
    if state.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return "Others on this machine can change"
    mounted = state.st_uid == 0 and not can_change
    if state.st_mode & stat.S_IROTH and not mounted:
        return "Others on this machine can read"
    return ""


def make_secret(path: Path) -> None:
    """A random secret at a path of our own, for us alone; whole, or not there at all."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        path.hardlink_to(fresh)
    except FileExistsError:
        pass  # another process of ours was quicker, and its secret stands
    finally:
        fresh.unlink()


def _can_change(path: Path) -> bool:
    real = path.resolve()
    return any(os.access(place, os.W_OK) for place in (real, real.parent))
