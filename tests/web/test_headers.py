"""Every answer carries the same headers: pages, refusals, static files, and what only the framework answers."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config import Config
from tests.cast import Cast
from tests.visitor import signed_in
from tracker import create_app, web
from tracker.db import db
from tracker.web.headers import HEADERS, HTTPS_ONLY

STATIC = Path(web.__file__).parent / "static"
FILES = sorted(f"/static/{path.relative_to(STATIC)}" for path in STATIC.rglob("*") if path.is_file())
KEPT_AN_HOUR = "max-age=3600, public"

BENT: list[dict[str, str]] = [
    {},
    {"Range": "bytes=0-9"},
    {"Range": "bytes=9-0"},
    {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"},
    {"Accept-Encoding": "gzip, br"},
    {"Origin": "https://evil.example"},
]


@pytest.fixture
def abroad(config: Config, cast: Cast) -> Iterator[FlaskClient]:
    """A browser of a product that is served to others, over HTTPS."""
    app = create_app(replace(config, base_url="https://tracker.example"))
    with app.app_context():
        yield app.test_client()
        db.session.remove()
        db.engine.dispose()


def asked(client: FlaskClient, address: str, method: str = "GET", **headers: str) -> TestResponse:
    """The answer over HTTPS."""
    return client.open(address, method=method, base_url="https://tracker.example", headers=headers)


def missing(answer: TestResponse, expected: dict[str, str]) -> dict[str, str | None]:
    """Of the headers that every page has, those that the answer has not, or has otherwise."""
    return {name: answer.headers.get(name) for name, value in expected.items() if answer.headers.get(name) != value}


def test_there_are_static_files_of_every_kind() -> None:
    assert {Path(file).suffix for file in FILES} == {".css", ".js", ".svg", ".woff2", ".json", ""}


@pytest.mark.parametrize("bent", BENT, ids=str)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
def test_static_files_carry_the_headers_of_pages(abroad: FlaskClient, method: str, bent: dict[str, str]) -> None:
    expected = HEADERS | {"Strict-Transport-Security": HTTPS_ONLY}
    for file in FILES:
        answer = asked(abroad, file, method, **bent)
        kept = KEPT_AN_HOUR if answer.status_code in (200, 206, 304) else "no-store"
        assert missing(answer, expected | {"Cache-Control": kept}) == {}, file
        assert "Access-Control-Allow-Origin" not in answer.headers
        answer.close()


@pytest.mark.parametrize(
    "address",
    ["/static/css/absent.css", "/static/", "/static", "/static/../config.py", "/guide", "/account", "/nowhere"],
)
def test_pages_and_what_is_missing_carry_them_too(abroad: FlaskClient, address: str) -> None:
    for method in ("GET", "POST", "TRACE"):
        answer = asked(abroad, address, method)
        assert missing(answer, HEADERS | {"Strict-Transport-Security": HTTPS_ONLY}) == {}, method


def test_on_loopback_browsers_are_not_told_to_insist_on_https(app: Flask, cast: Cast) -> None:
    visitor = signed_in(app, cast.acme)
    for address in ("/account", "/sign-in", FILES[0], "/static/absent"):
        answer = visitor.get(address)
        assert "Strict-Transport-Security" not in answer.headers
        assert missing(answer, HEADERS | {"Cache-Control": answer.headers["Cache-Control"]}) == {}
        answer.close()


def test_an_answer_that_no_page_made_carries_them(migrated: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Flask answers by itself when what comes after the view fails."""
    monkeypatch.setitem(migrated.after_request_funcs, None, [_fails])
    monkeypatch.setitem(migrated.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(migrated, "testing", False)
    answer = migrated.test_client().get("/guide")
    assert answer.status_code == 500
    assert missing(answer, HEADERS) == {}


def _fails(response: object) -> None:
    raise RuntimeError("after the view")
