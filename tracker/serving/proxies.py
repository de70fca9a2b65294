"""Whose word is taken for the address, the scheme and the host of a client: a trusted proxy's, and nobody else's.

A proxy that is asked for by nobody is a client like any other, and what it says of others is dropped before anything
reads it. Of what a trusted one says, the last value of each header counts: that one it wrote itself, whatever a client
sent it (decision 23).
"""

import ipaddress
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from werkzeug.middleware.proxy_fix import ProxyFix

from config import Config

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIXES = ("HTTP_X_FORWARDED_", "HTTP_FORWARDED", "HTTP_X_REAL_IP")


class TrustedProxies:
    """The application, as clients see it through the proxies that stand before it."""

    def __init__(self, app: "WSGIApplication", config: Config) -> None:
        self._app, self._believing = app, ProxyFix(app, x_for=1, x_proto=1, x_host=1)
        self._networks, self._trusts_unix = config.trusted_proxies, config.trusts_unix

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Hear what the peer says of its client, and forget it unless the peer is trusted."""
        said = {name: environ.pop(name) for name in list(environ) if name.startswith(PREFIXES)}
        peer = environ.get("REMOTE_ADDR", "")
        environ["REMOTE_ADDR"] = plain_address(peer) or ""
        if not self._trusts(peer):
            return self._app(environ, start_response)
        environ.update(_sound(said))
        return self._believing(environ, start_response)

    def _trusts(self, peer: str) -> bool:
        if not peer:
            return self._trusts_unix  # nobody else comes without an address
        address = plain_address(peer)
        return address is not None and any(ipaddress.ip_address(address) in network for network in self._networks)


def plain_address(text: str) -> str | None:
    """The address as everything else writes it: without a zone, and as IPv4 where it is one inside IPv6."""
    with suppress(ValueError):
        address = ipaddress.ip_address(text.partition("%")[0])
        return str(getattr(address, "ipv4_mapped", None) or address)
    return None


def _scheme(text: str) -> str | None:
    return text.lower() if text.lower() in ("http", "https") else None


def _host(text: str) -> str | None:
    return text or None


SOUND: dict[str, Callable[[str], str | None]] = {
    "HTTP_X_FORWARDED_FOR": plain_address,
    "HTTP_X_FORWARDED_PROTO": _scheme,
    "HTTP_X_FORWARDED_HOST": _host,
}
"""What is heard, and what it must be; whether a host is ours is decided by `TRUSTED_HOSTS`."""


def _sound(said: dict[str, str]) -> dict[str, str]:
    """The last value of each header that is heard, where it is what it should be."""
    last = {name: said.get(name, "").rpartition(",")[2].strip() for name in SOUND}
    return {name: sound for name, text in last.items() if (sound := SOUND[name](text))}
