"""Where an answer leads to when that was made of what was sent: never to an address longer than anybody takes."""

from werkzeug.urls import iri_to_uri

LONGEST = 4_000
"""Characters as they are sent. Servers and proxies in front refuse a header beyond 4 to 64 KB, and so the answer."""


def short_or(address: str, instead: str) -> str:
    """The address, or where to go instead when it is too long to be led to."""
    return address if len(address) <= LONGEST and len(iri_to_uri(address)) <= LONGEST else instead
