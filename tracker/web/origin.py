"""What a request that may change something must be before anything is done: it comes from a page of ours.

The token in each form says so too, but this needs no session (security.md S27).
"""

from urllib.parse import urlsplit

from flask import Flask, current_app, request

from config import Config
from tracker.errors import Forbidden
from tracker.web.transactions import SAFE_METHODS

FROM_ELSEWHERE = (
    "This request came from a page of another site, so nothing was done. Open Tracker itself and do it there."
)


def init_app(app: Flask) -> None:
    """Check every request before its view is chosen."""
    app.before_request(refuse_other_sites)


def refuse_other_sites() -> None:
    """Raise `Forbidden` for an unsafe request that the browser says another site caused."""
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin")
    if site not in ("same-origin", "none") or (origin is not None and origin not in _own_origins()):
        raise Forbidden(FROM_ELSEWHERE)
    if not _is_address(request.headers.get("Referer", "")):
        raise Forbidden(FROM_ELSEWHERE)


def _is_address(referer: str) -> bool:
    """What Flask-WTF may look at: it reads host and port, and fails where these are none."""
    try:
        urlsplit(referer).port  # noqa: B018 - reading it is the question
    except ValueError:
        return False
    return True


def _own_origins() -> set[str]:
    """The address that people type; on loopback, also under whichever of this machine's names they typed it."""
    config: Config = current_app.config["TRACKER"]
    parts = urlsplit(config.base_url)
    own = {f"{parts.scheme}://{parts.netloc}"}
    return own | {request.host_url.rstrip("/")} if config.on_loopback else own
