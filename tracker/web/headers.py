"""What every answer says to the browser about what it may do with it (security.md S28, S29)."""

from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.datastructures import Headers

from config import Config

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)

RETRY_AFTER = "5"
"""Seconds after which what cannot be had at this moment may be had."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}

HTTPS_ONLY = "max-age=31536000; includeSubDomains"
"""Not on loopback, which a browser would otherwise never reach again in plain HTTP."""


def protected(app: WSGIApplication, config: Config) -> WSGIApplication:
    """The application with these headers on whatever it answers, where the answer does not set them more strictly.

    They are set outside of Flask: a static file, and an error of the framework itself, are answers too.
    """
    always = HEADERS if config.on_loopback else HEADERS | {"Strict-Transport-Security": HTTPS_ONLY}

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], error: Any = None) -> Callable[[bytes], object]:
            sent = Headers(headers)
            for name, value in always.items():
                sent.setdefault(name, value)
            if status.startswith("503"):
                sent.setdefault("Retry-After", RETRY_AFTER)
            return start_response(status, sent.to_wsgi_list(), error)

        return app(environ, start)

    return answer
