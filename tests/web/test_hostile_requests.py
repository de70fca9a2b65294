"""Requests that no browser sends: never a 500, answered by a page, and cheap, at every class of unsafe route."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from gunicorn.http.errors import ChunkMissingTerminator, InvalidChunkSize, InvalidHeader, NoMoreData
from werkzeug.http import parse_options_header
from werkzeug.sansio import multipart
from werkzeug.test import TestResponse

from tests.cast import Cast
from tests.make import know_premise, rep_of_record
from tests.visitor import Visitor
from tests.web.hostile import BODIES, HEADERS, HOSTS, MULTIPART, NAMED, QUERIES, URL_ENCODED, Body, parts
from tracker.domain import catalogue
from tracker.domain.fields import Field, Record
from tracker.domain.quotas import MOST_FILES
from tracker.models import Person
from tracker.serving.bodies import OF_A_STRANGER
from tracker.serving.places import Places
from tracker.web import bodies, requests
from tracker.web.bodies import LONGEST_HEAD, MOST_FIELDS
from tracker.web.unserved import unserved

Clients = Callable[[Person | None], FlaskClient]

CLASSES = {
    "public": "/sign-in",
    "signed in": "/account/password",
    "of a person": "/people/new",
    "of an issue": "/issues/{number}/transitions/add-comment",
    "kept while typed": "/issues/{number}/replies/add-comment",
    "upload": "/issues/{number}/attachments",
    "filing": "/issues/new/rep-of-record",
}
"""An unsafe route of each class."""


@pytest.fixture
def reader(
    app: Flask, cast: Cast, client_of: Clients, without_tokens: None, monkeypatch: pytest.MonkeyPatch
) -> FlaskClient:
    """An administrator of Acme, whose requests are taken in and whose errors are answered as in production."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr(app, "wsgi_app", Places(app.wsgi_app, 1, unserved(app)))
    know_premise(cast)
    return client_of(cast.acme_admin)


@pytest.fixture
def paths(cast: Cast, reader: FlaskClient) -> dict[str, str]:
    """The route of each class, on an issue that there is."""
    number = rep_of_record(cast).number
    return {name: path.format(number=number) for name, path in CLASSES.items()}


def sent(client: FlaskClient, path: str, body: Body) -> TestResponse:
    return client.post(path, data=body.sent, content_type=body.content_type)


def fault_of(answer: TestResponse, status: int | None = None) -> str:
    """What is wrong with an answer: nothing for a page, or the way to one, that says what was wrong."""
    if answer.status_code >= 500 or (status is not None and answer.status_code != status):
        return str(answer.status_code)
    return "" if answer.status_code < 400 or "<h1>" in answer.text else "no page"


@pytest.mark.parametrize("kind", CLASSES)
def test_bodies(reader: FlaskClient, paths: dict[str, str], kind: str) -> None:
    found = {name: fault_of(sent(reader, paths[kind], body), body.status) for name, body in BODIES.items()}
    assert {name: fault for name, fault in found.items() if fault} == {}


def test_bodies_of_strangers(app: Flask, reader: FlaskClient, client_of: Clients) -> None:
    """With tokens asked for, as it is. Of what is more than a stranger may send nothing is looked at."""
    app.config["WTF_CSRF_ENABLED"] = True
    stranger = client_of(None)
    told = {name: 413 if len(body.sent) > OF_A_STRANGER else body.status or 400 for name, body in BODIES.items()}
    found = {name: fault_of(sent(stranger, "/sign-in", body), told[name]) for name, body in BODIES.items()}
    assert {name: fault for name, fault in found.items() if fault} == {}


@pytest.mark.parametrize(
    "path", ["/sign-in", "/issues", "/issues/new", "/jump", "/suggest/query", "/account", "/nowhere"]
)
def test_parameters(reader: FlaskClient, client_of: Clients, path: str) -> None:
    for client in (reader, client_of(None)):
        found = {
            name: fault_of(client.get(path, environ_overrides={"QUERY_STRING": query}), status)
            for name, (query, status) in QUERIES.items()
        }
        assert {name: fault for name, fault in found.items() if fault} == {}


@pytest.mark.parametrize("site", ["http://localhost", "https://localhost"])
def test_headers(app: Flask, reader: FlaskClient, client_of: Clients, paths: dict[str, str], site: str) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    for client in (reader, client_of(None)):
        for path in (*paths.values(), paths["upload"].removesuffix("/attachments"), "/account", "/static/favicon.svg"):
            for name, headers in HEADERS.items():
                for method in ("GET", "POST"):
                    answer = client.open(path, method=method, base_url=site, environ_overrides=environ_of(headers))
                    assert answer.status_code < 500, f"{method} {path}: {name}"
                    answer.close()


def environ_of(headers: dict[str, str]) -> dict[str, str]:
    """The headers as a server hands them on, also those that the test client would refuse."""
    names = {name: name.upper().replace("-", "_") for name in headers}
    return {name if name == "CONTENT_LENGTH" else f"HTTP_{name}": headers[said] for said, name in names.items()}


@pytest.mark.parametrize("path", ["/healthz", "/account", "/issues", "/guide"])
@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data", URL_ENCODED])
def test_what_comes_with_a_question_is_not_looked_at(reader: FlaskClient, path: str, kind: str) -> None:
    assert reader.get(path, content_type=kind, data=b"\xff[&" * 1_000).status_code == 200


@pytest.mark.parametrize(
    "referer", ["https://[::1", "https://localhost:99999999", "https://localhost:port", "\xff", ""]
)
def test_a_form_from_a_page_of_nowhere_is_refused(app: Flask, cast: Cast, referer: str) -> None:
    """Over HTTPS the page that the form was on is looked at, once its token is right."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    visitor = Visitor(app, site="https://localhost")
    visitor.get("/sign-in")
    assert visitor.post("/sign-in", headers={"Referer": referer}, user_name="ann").status_code in (400, 403)
    assert (
        visitor.post("/sign-in", headers={"Referer": "https://localhost/sign-in"}, user_name="ann").status_code == 422
    )


@pytest.mark.parametrize("host", HOSTS, ids=[host[:20] for host in HOSTS])
def test_hosts(reader: FlaskClient, host: str) -> None:
    for method in ("GET", "POST"):
        answer = reader.open("/sign-in", method=method, environ_overrides={"HTTP_HOST": host})
        assert answer.status_code < 500


@pytest.mark.parametrize(
    "path", ["/%00", "/%ff", "/issues/%00", "/people/person/%00", "/views/%F0%9F", "//", "/" + "a" * 4_000]
)
def test_addresses(reader: FlaskClient, path: str) -> None:
    for method in ("GET", "POST"):
        assert fault_of(reader.open(path, method=method)) == ""


class Chunks:
    """A body in chunks that begins well."""

    def __init__(self, begins: bytes, fault: Exception) -> None:
        self._begins = BytesIO(begins)
        self._fault = fault

    def read(self, size: int) -> bytes:
        """What is left, and then the fault."""
        if found := self._begins.read(size):
            return found
        raise self._fault


FAULTS = [InvalidChunkSize(b"zz"), ChunkMissingTerminator(b"x"), NoMoreData(), InvalidHeader("x")]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
@pytest.mark.parametrize("kind", [URL_ENCODED, MULTIPART])
def test_chunks_that_are_none(reader: FlaskClient, paths: dict[str, str], kind: str, fault: Exception) -> None:
    for path in paths.values():
        body = Chunks(parts(b'Content-Disposition: form-data; name="comment"')[:-5], fault)
        answer = reader.post(path, environ_overrides=chunked(body, kind))
        assert fault_of(answer, 400) == ""


@pytest.mark.parametrize("kind", [URL_ENCODED, MULTIPART])
def test_chunks_without_end_are_too_large(reader: FlaskClient, paths: dict[str, str], kind: str) -> None:
    for path in paths.values():
        answer = reader.post(path, environ_overrides=chunked(Endless(), kind))
        assert fault_of(answer, 413) == ""


class Endless:
    """A body in chunks that goes on."""

    def read(self, size: int) -> bytes:
        """As much as is asked for, which is never all."""
        assert size >= 0
        return b"a" * size


def chunked(body: Chunks | Endless, kind: str) -> dict[str, Any]:
    """As gunicorn hands on a body in chunks."""
    return {
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "HTTP_TRANSFER_ENCODING": "chunked",
        "CONTENT_LENGTH": "",
        "CONTENT_TYPE": kind,
    }


@pytest.mark.parametrize("name", ["800 KB of fields", "1,001 fields", "1 MB of broken escapes", "1 MB of one field"])
def test_what_is_refused_was_not_parsed(
    client_of: Clients, app: Flask, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(bodies, "parse_qsl", None)
    assert sent(client_of(None), "/sign-in", BODIES[name]).status_code == BODIES[name].status


def test_a_query_of_many_parameters_was_not_parsed(
    client_of: Clients, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "parse_qsl", None)
    for query, status in QUERIES.values():
        if status == 413:
            assert client_of(None).get("/sign-in", environ_overrides={"QUERY_STRING": query}).status_code == 413


@pytest.mark.parametrize(
    "body",
    [
        parts(*[b'Content-Disposition: form-data; name="' + b"q" * (LONGEST_HEAD - 60) + b'"'] * 5_000),
        parts(*[NAMED + b"; a=b" * 700] * 5_000),
        parts(*[NAMED + b"\r\na: b" * 600] * 5_000),
        *(BODIES[name].sent for name in ("a head of 1 MB", "a head of parameters", "a head of lines")),
    ],
    ids=["names", "parameters", "lines", "one name", "one's parameters", "one's lines"],
)
def test_heads_of_parts_are_read_within_limits(
    app: Flask, client_of: Clients, monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    """Reading a head costs a step for each character: 22 MB of them cost three seconds."""
    read: list[int] = []

    def reading(value: str | None) -> tuple[str, dict[str, str]]:
        read.append(len(value or ""))
        return parse_options_header(value)

    monkeypatch.setattr(multipart, "parse_options_header", reading)
    assert sent(client_of(None), "/sign-in", Body(MULTIPART, body)).status_code in (400, 413)
    most = app.config["MAX_FORM_PARTS"]
    assert len(read) <= most + 1
    assert sum(read) <= (most + 1) * LONGEST_HEAD


def test_every_form_of_ours_is_within_the_limits(migrated: Flask) -> None:
    """With all fields of a subtype at once, each sent three times, and all files that an issue takes."""
    most = max(sum(map(inputs_of, subtype.all_fields.values())) for subtype in catalogue.SUBTYPES)
    assert 3 * most + MOST_FILES <= migrated.config["MAX_FORM_PARTS"] <= MOST_FIELDS


def inputs_of(field: Field) -> int:
    return field.repeat * len(field.fields) if isinstance(field, Record) else 1
