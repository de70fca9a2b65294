"""Everything that the environment decides, read once; nonsense stops the start with a plain sentence."""

import os
import re
import secrets
import shlex
import stat
from dataclasses import dataclass
from email.headerregistry import Address
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import quote, urlsplit

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
MINIMUM_SECRET = 32
ADDRESS = re.compile(r"[^\s<>@,;]+@[^\s<>@,;]+")


class BadConfig(SystemExit):
    """The environment asks for something that cannot be; the text says what and how to mend it."""


@dataclass(frozen=True)
class Config:
    """The settings of one running product."""

    data: Path
    database_url: str
    secret_key: str
    base_url: str
    threads: int
    metrics_token: str = ""
    """Who sends it as a bearer token may read /metrics; empty, nobody may."""
    search: str = "whoosh"
    """The engine of the search: `whoosh` on one machine, `postgres` where there are several."""
    smtp: str = ""
    """The server that takes our mail (`smtp://`, `smtps://`, `smtp+starttls://`); empty, none is sent."""
    mail_from: str = ""
    """The address that our mail comes from."""
    mail_name: str = ""
    """The name that stands before it, where one was given."""
    scanner: tuple[str, ...] = ()
    """The program that says whether an attached file is harmful, with its arguments; empty, none is asked."""

    @property
    def on_loopback(self) -> bool:
        """Served in plain HTTP on this machine alone; everywhere else cookies need HTTPS."""
        parts = urlsplit(self.base_url)
        return parts.scheme == "http" and parts.hostname in LOOPBACK

    @property
    def sender(self) -> str:
        """Whom our mail comes from, as `Name <address>` where it has a name."""
        return str(Address(self.mail_name, addr_spec=self.mail_from)) if self.mail_name else self.mail_from

    @property
    def attachments(self) -> Path:
        """Where the bytes of attachments lie, by their SHA-256."""
        return self.data / "attachments"

    def flask(self) -> dict[str, object]:
        """The same settings under the names that Flask and its extensions read."""
        return {
            "SECRET_KEY": self.secret_key,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SQLALCHEMY_ENGINE_OPTIONS": self._engine_options(),
            "MAX_CONTENT_LENGTH": 25 * 1024 * 1024,
            "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
            "MAX_FORM_PARTS": 200,
            "TRUSTED_HOSTS": [urlsplit(self.base_url).netloc, *(sorted(LOOPBACK) if self.on_loopback else [])],
            "WTF_CSRF_TIME_LIMIT": None,
            "TRACKER": self,
        }

    def _engine_options(self) -> dict[str, object]:
        """No request waits long for a connection, nor for a machine that is gone (docs/decisions/0024)."""
        pool: dict[str, object] = {"pool_size": self.threads + 2, "pool_timeout": 3}
        if self.is_sqlite:
            return pool
        return pool | {"pool_pre_ping": True, "connect_args": {"connect_timeout": 3, "tcp_user_timeout": 10_000}}

    @property
    def is_sqlite(self) -> bool:
        """One machine, one file; otherwise PostgreSQL."""
        return self.database_url.startswith("sqlite")


def from_environment() -> Config:
    """The settings that `TRACKER_…` and `PORT` ask for. Raises `BadConfig`."""
    data = Path(os.environ.get("TRACKER_DATA", "data")).absolute()
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    database_url = _database_url(data)
    mail_name, mail_from = _mail_from()
    return Config(
        data=data,
        database_url=database_url,
        secret_key=_secret_key(data),
        base_url=_base_url(),
        threads=_whole("TRACKER_THREADS", 4),
        metrics_token=os.environ.get("TRACKER_METRICS_TOKEN", ""),
        search=_search(database_url),
        smtp=_smtp(),
        mail_from=mail_from,
        mail_name=mail_name,
        scanner=_scanner(),
    )


def _scanner() -> tuple[str, ...]:
    """No shell reads the command: it is a program and its arguments, and gets the path of a file as the last one."""
    command = os.environ.get("TRACKER_SCAN_COMMAND", "")
    try:
        return tuple(shlex.split(command))
    except ValueError as error:
        raise BadConfig(f"TRACKER_SCAN_COMMAND is no command: {error}.") from None


def _smtp() -> str:
    """With a password in `TRACKER_SMTP_PASSWORD_FILE`, where one is needed, so that none stands in the environment."""
    address = os.environ.get("TRACKER_SMTP", "")
    parts = urlsplit(address)
    if address and (parts.scheme not in ("smtp", "smtps", "smtp+starttls") or not parts.hostname):
        raise BadConfig("TRACKER_SMTP must be an address such as smtp+starttls://tracker@mail.example:587.")
    if parts.scheme == "smtp" and parts.username:
        raise BadConfig("TRACKER_SMTP would send a password in the clear. Use smtps:// or smtp+starttls://.")
    file = os.environ.get("TRACKER_SMTP_PASSWORD_FILE")
    if not file or not parts.username:
        return address
    password = quote(_secret_from_file(Path(file)), safe="")
    return address.replace(f"{parts.username}@", f"{parts.username}:{password}@", 1)


def _mail_from() -> tuple[str, str]:
    """The name that our mail comes with, if one is given, and the address."""
    name, address = parseaddr(os.environ.get("TRACKER_MAIL_FROM", ""))
    taken = ADDRESS.fullmatch(address) and address.isascii() and name.isprintable()
    if os.environ.get("TRACKER_SMTP") and not taken:
        raise BadConfig(
            "TRACKER_MAIL_FROM must be the address that mail comes from, in plain letters, such as "
            "tracker@market.example or Tracker <tracker@market.example>."
        )
    return name, address


def _search(database_url: str) -> str:
    own = "whoosh" if database_url.startswith("sqlite") else "postgres"
    engine = os.environ.get("TRACKER_SEARCH") or own
    if engine not in ("whoosh", own):
        raise BadConfig(f"TRACKER_SEARCH must be whoosh, or postgres over PostgreSQL, not {engine!r}.")
    return engine


def _database_url(data: Path) -> str:
    url = os.environ.get("TRACKER_DATABASE_URL") or f"sqlite:///{data / 'tracker.sqlite'}"
    if url.startswith(("postgres://", "postgresql://")):
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise BadConfig("TRACKER_DATABASE_URL must begin with sqlite:/// or postgresql://. Correct it and start again.")
    return url


def _secret_key(data: Path) -> str:
    secret = os.environ.get("TRACKER_SECRET_KEY")
    if secret is None:
        secret = _secret_from_file(Path(os.environ.get("TRACKER_SECRET_FILE", data / "secret-key")))
    if len(secret) < MINIMUM_SECRET or len(set(secret)) < 8:
        raise BadConfig(f"The secret key is too weak. Give at least {MINIMUM_SECRET} random characters.")
    return secret


def _secret_from_file(path: Path) -> str:
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise BadConfig(f"Others on this machine can read the secret key. Run: chmod 600 {path}")
    return path.read_text().strip()


def _base_url() -> str:
    url = os.environ.get("TRACKER_BASE_URL") or f"http://localhost:{_whole('PORT', 8000)}"
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
        raise BadConfig("TRACKER_BASE_URL must be the address that people type, such as https://tracker.example.")
    return url.rstrip("/")


def _whole(name: str, default: int) -> int:
    text = os.environ.get(name, str(default))
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise BadConfig(f"{name} must be a whole number from 1 to 65535, not {text!r}.")
    return int(text)
