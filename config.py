"""Everything that the environment decides, read once; nonsense stops the start with a plain sentence."""

import ipaddress
import os
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.utils import parseaddr
from pathlib import Path
from typing import TypeAlias
from urllib.parse import SplitResult, quote, urlsplit

from environment import BadConfig, make_secret, read_secret, secret, value, whole

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
MINIMUM_SECRET = 32
LARGEST_REQUEST = 25 * 1024 * 1024

URL_ENCODED = "application/x-www-form-urlencoded"
PLAIN_FORM = 1024 * 1024
"""Bytes of a form that carries no files, and is encoded so."""
ADDRESS = re.compile(r"[^\s<>@,;]+@[^\s<>@,;]+")
BIND = re.compile(r"unix:/\S+|(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9.-]+)):(?P<port>[0-9]{1,5})")
OVER_UNIX = "unix"
"""Among the trusted proxies: whoever reaches us over a Unix socket."""

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class Config:
    """The settings of one running product. What is secret, or may hold a password, is in no log."""

    data: Path
    database_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    base_url: str
    threads: int
    metrics_token: str = field(default="", repr=False)
    """Who sends it as a bearer token may read /metrics; empty, nobody may."""
    search: str = "whoosh"
    """The engine of the search: `whoosh` on one machine, `postgres` where there are several."""
    smtp: str = field(default="", repr=False)
    """The server that takes our mail (`smtp://`, `smtps://`, `smtp+starttls://`); empty, none is sent."""
    mail_from: str = ""
    """The address that our mail comes from."""
    mail_name: str = ""
    """The name that stands before it, where one was given."""
    scanner: tuple[str, ...] = ()
    """The program that says whether an attached file is harmful, with its arguments; empty, none is asked."""
    bind: str = "127.0.0.1:8000"
    """Where we listen: `host:port`, `[v6]:port` or `unix:/path`."""
    processes: int = 2
    """So many of them answer, with `threads` requests each."""
    trusted_proxies: tuple[Network, ...] = ()
    """Whose word is taken for the address, the scheme and the host of a client; nobody's, while there are none."""
    trusts_unix: bool = False
    """The proxy reaches us over a Unix socket, where it has no address."""
    earlier_keys: tuple[str, ...] = field(default=(), repr=False)
    """Keys that were `secret_key` before: what they signed is still taken, and nothing is signed with them."""

    @property
    def behind_a_proxy(self) -> bool:
        """Somebody stands before us whose word is taken."""
        return bool(self.trusted_proxies) or self.trusts_unix

    @property
    def misses_its_proxy(self) -> bool:
        """People come by HTTPS, which only a proxy can speak, and nobody's word is taken: all seem to be the proxy."""
        return urlsplit(self.base_url).scheme == "https" and not self.behind_a_proxy

    @property
    def signing_keys(self) -> list[str]:
        """All keys, the one that signs last, as itsdangerous reads them."""
        return [*self.earlier_keys, self.secret_key]

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
            "SECRET_KEY_FALLBACKS": list(self.earlier_keys),
            "WTF_CSRF_SECRET_KEY": self.signing_keys,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SQLALCHEMY_ENGINE_OPTIONS": self._engine_options(),
            "SQLALCHEMY_BINDS": {"probe": self._probe()},
            "MAX_CONTENT_LENGTH": LARGEST_REQUEST,
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

    def _probe(self) -> dict[str, object]:
        """A connection of each process that is kept for its probes; a server that is gone cannot hold it for long."""
        fleeting = {} if self.is_sqlite else {"connect_timeout": 2, "tcp_user_timeout": 2000}
        return {
            "url": self.database_url,
            "pool_size": 1,
            "max_overflow": 2,  # a mount that hangs, or a scrape, must not look like a database that does
            "pool_pre_ping": not self.is_sqlite,
            "connect_args": fleeting,
        }

    @property
    def is_sqlite(self) -> bool:
        """One machine, one file; otherwise PostgreSQL."""
        return self.database_url.startswith("sqlite")


def from_environment() -> Config:
    """The settings that `TRACKER_…` and `PORT` ask for. Raises `BadConfig`."""
    data = _data()
    database_url = _database_url(data)
    mail_name, mail_from = _mail_from()
    trusted_proxies, trusts_unix = _trusted_proxies()
    bind = listening_address()
    _require_addresses(bind, trusts_unix)
    return Config(
        data=data,
        database_url=database_url,
        secret_key=_secret_key(data),
        earlier_keys=_earlier_keys(),
        base_url=_base_url(),
        bind=bind,
        processes=whole("TRACKER_WORKERS", 2, most=64),
        threads=whole("TRACKER_THREADS", 4, most=64),
        trusted_proxies=trusted_proxies,
        trusts_unix=trusts_unix,
        metrics_token=secret("TRACKER_METRICS_TOKEN"),
        search=_search(database_url),
        smtp=_smtp(),
        mail_from=mail_from,
        mail_name=mail_name,
        scanner=_scanner(),
    )


def listening_address() -> str:
    """Loopback, unless another is named: who else may reach us is a decision, never a default. Raises `BadConfig`."""
    address = value("TRACKER_BIND", f"127.0.0.1:{whole('PORT', 8000)}")
    form = BIND.fullmatch(address)
    if form is None or (form["port"] and not _can_listen(form)):
        raise BadConfig(
            f"TRACKER_BIND is {address!r}; it must be an address to listen on, such as 127.0.0.1:8000, [::1]:8000 "
            "or unix:/run/tracker/web.sock."
        )
    return address


def _scanner() -> tuple[str, ...]:
    """No shell reads the command: it is a program and its arguments, and gets the path of a file as the last one."""
    command = value("TRACKER_SCAN_COMMAND")
    try:
        return tuple(shlex.split(command))
    except ValueError as error:
        raise BadConfig(f"TRACKER_SCAN_COMMAND is no command: {error}.") from None


def _data() -> Path:
    folder = Path(value("TRACKER_DATA", "data")).absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadConfig(f"TRACKER_DATA is {folder}, which cannot be made: {error.strerror}.") from error
    return folder


def _smtp() -> str:
    """With a password in `TRACKER_SMTP_PASSWORD_FILE`, where one is needed, so that none stands in the environment."""
    address = value("TRACKER_SMTP")
    parts = urlsplit(address)
    if address and (parts.scheme not in ("smtp", "smtps", "smtp+starttls") or not parts.hostname):
        raise BadConfig("TRACKER_SMTP must be an address such as smtp+starttls://tracker@mail.example:587.")
    if parts.scheme == "smtp" and parts.username:
        raise BadConfig("TRACKER_SMTP would send a password in the clear. Use smtps:// or smtp+starttls://.")
    file = value("TRACKER_SMTP_PASSWORD_FILE")
    password = read_secret(Path(file), "TRACKER_SMTP_PASSWORD_FILE") if file else ""
    if not password or not parts.username:
        return address
    return address.replace(f"{parts.username}@", f"{parts.username}:{quote(password, safe='')}@", 1)


def _mail_from() -> tuple[str, str]:
    """The name that our mail comes with, if one is given, and the address."""
    name, address = parseaddr(value("TRACKER_MAIL_FROM"))
    taken = ADDRESS.fullmatch(address) and address.isascii() and name.isprintable()
    if value("TRACKER_SMTP") and not taken:
        raise BadConfig(
            "TRACKER_MAIL_FROM must be the address that mail comes from, in plain letters, such as "
            "tracker@market.example or Tracker <tracker@market.example>."
        )
    return name, address


def _search(database_url: str) -> str:
    own = "whoosh" if database_url.startswith("sqlite") else "postgres"
    engine = value("TRACKER_SEARCH", own)
    if engine not in ("whoosh", own):
        raise BadConfig(f"TRACKER_SEARCH must be whoosh, or postgres over PostgreSQL, not {engine!r}.")
    return engine


def _database_url(data: Path) -> str:
    url = secret("TRACKER_DATABASE_URL") or f"sqlite:///{data / 'tracker.sqlite'}"
    if url.startswith(("postgres://", "postgresql://")):
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise BadConfig("TRACKER_DATABASE_URL must begin with sqlite:/// or postgresql://. Correct it and start again.")
    return url


def _secret_key(data: Path) -> str:
    """Only where nothing names a key is one made: at the first run, beside our data."""
    if "TRACKER_SECRET_KEY" in os.environ or value("TRACKER_SECRET_FILE"):
        return _strong(secret("TRACKER_SECRET_KEY", "TRACKER_SECRET_FILE"), "The secret key")
    own = data / "secret-key"
    try:
        if not own.exists():
            make_secret(own)
    except OSError as error:
        raise BadConfig(f"TRACKER_DATA is {data}, where no secret key can be made: {error.strerror}.") from error
    return _strong(read_secret(own, "the secret key"), "The secret key")


def _earlier_keys() -> tuple[str, ...]:
    """The key before this one, while the last forms and cookies that it signed are still about."""
    earlier = secret("TRACKER_SECRET_KEY_PREVIOUS")
    return (_strong(earlier, "The previous secret key"),) if earlier else ()


def _strong(key: str, what: str) -> str:
    if len(key) < MINIMUM_SECRET or len(set(key)) < 8:
        raise BadConfig(f"{what} is too weak. Give at least {MINIMUM_SECRET} random characters.")
    return key


def _base_url() -> str:
    url = value("TRACKER_BASE_URL", f"http://localhost:{whole('PORT', 8000)}").rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not _is_host(parts):
        raise BadConfig("TRACKER_BASE_URL must be the address that people type, such as https://tracker.example.")
    if parts.path or "?" in url or "#" in url:
        raise BadConfig(
            f"TRACKER_BASE_URL ends in {url.partition(parts.netloc)[2]!r}, but Tracker is served at the root of a host "
            f"and under no path. Give it a host of its own, such as {parts.scheme}://tracker.example."
        )
    return url


def _is_host(parts: SplitResult) -> bool:
    """A name or IPv4 address, with or without a port, and nothing else. Werkzeug trusts no bare IPv6 address."""
    try:
        return bool(parts.hostname) and parts.port != 0 and not re.search(r"[@\[\s\\]", parts.netloc)
    except ValueError:  # a port that is none
        return False


def _can_listen(form: re.Match[str]) -> bool:
    host = form["six"] or form["name"]
    try:
        version = ipaddress.ip_address(host).version
    except ValueError:
        return bool(form["name"]) and not host.replace(".", "").isdigit() and 1 <= int(form["port"]) <= 65535
    return version == (6 if form["six"] else 4) and 1 <= int(form["port"]) <= 65535


def _trusted_proxies() -> tuple[tuple[Network, ...], bool]:
    """The networks, and whether a Unix socket is trusted."""
    named = [one.strip() for one in value("TRACKER_TRUSTED_PROXIES").split(",") if one.strip()]
    return _networks([one for one in named if one != OVER_UNIX]), OVER_UNIX in named


def _require_addresses(bind: str, trusts_unix: bool) -> None:
    """Whoever comes over a Unix socket has no address but what is said: strangers and we would all be one."""
    if bind.startswith("unix:") and not trusts_unix:
        raise BadConfig(
            "TRACKER_BIND is a Unix socket, over which nobody has an address, and TRACKER_TRUSTED_PROXIES does not "
            "name unix: one stranger who guesses passwords would lock everybody out. Set TRACKER_TRUSTED_PROXIES=unix "
            "and start again."
        )


def _networks(named: Sequence[str]) -> tuple[Network, ...]:
    try:
        networks = tuple(ipaddress.ip_network(one) for one in named)
    except ValueError as error:
        raise BadConfig(
            f"TRACKER_TRUSTED_PROXIES must hold networks, such as 10.0.0.5 or 10.0.1.0/24, or unix: {error}."
        ) from error
    if any(network.prefixlen == 0 for network in networks):
        raise BadConfig("TRACKER_TRUSTED_PROXIES names every address, so anybody could be anybody. Name your proxies.")
    return networks
