"""What a request that may change something must be before anything of it is read.

It comes from a page of ours (security.md S27): the token in each form says so too, but this needs no
session. And a form without files is small: Werkzeug limits such a form only together with uploads.
"""

from urllib.parse import urlsplit

from flask import Flask, Request, current_app, request

from config import Config
from tracker.errors import Forbidden
from tracker.web.transactions import SAFE_METHODS

PLAIN_FORM = 1024 * 1024

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


def limit_plain_form(request: Request) -> None:
    """Have a form that carries no files refused as too large beyond `PLAIN_FORM`."""
    if request.mimetype == "application/x-www-form-urlencoded":
        request.max_content_length = PLAIN_FORM


def _own_origins() -> set[str]:
    """The address that people type; on loopback, also under whichever of this machine's names they typed it."""
    config: Config = current_app.config["TRACKER"]
    parts = urlsplit(config.base_url)
    own = {f"{parts.scheme}://{parts.netloc}"}
    return own | {request.host_url.rstrip("/")} if config.on_loopback else own
