"""An oracle: whoever guesses, letter by letter, what stands in the issues of others learns nothing from any answer.

Each guess is asked in every form that takes a beginning, with and without the foreign issues, beside as many own words
as a limit might count. `TRACKER_DRILLS=1` asks 5,000 of them (`make drills`); the usual run a part of these.
"""

import itertools
import os
import random
import re
import string
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from tests.cast import Cast
from tests.make import build_index, press, read_inside
from tracker.actions.attachments import StoredFile, attach_files
from tracker.actions.filing import file_issue
from tracker.actions.moving import Press, press_transition
from tracker.db import db
from tracker.domain.rings import Ring
from tracker.models import Issue, IssueIdentifier, Person
from tracker.search import SearchBackend

GUESSES = 5_000 if os.environ.get("TRACKER_DRILLS") else 250
"""Questions, each asked twice."""

BALLAST = [
    "zqy" + "".join(letters) for letters in itertools.islice(itertools.product(string.ascii_lowercase, repeat=3), 2_000)
]
"""Own words with one beginning, as many as one search once took."""

ESI_ID = "1008901666554443332221"
TRAN = "QX7730192845"
CANARY = "quaggaloss"
NUMBER = "26770912"
SECRETS = (CANARY, ESI_ID, TRAN, NUMBER)
"""What stands in foreign issues alone."""

OF_REQUEST = re.compile(rb'name="(?:csrf_token|drawn)" value="[^"]*"|<code>[^<]*</code>')
"""What differs between two requests for one page."""

LIST = "/issues"


class Form(NamedTuple):
    """A way to ask: a page, and the words around the guess."""

    page: str
    asked: str
    data: bool = False
    """It is sent as a form, for all that fit."""


FORMS = [
    *(Form(page, asked) for page in (LIST, "/issues/facets") for asked in ("{}*", "({}* OR zqyaaa)", "-{}*")),
    Form(LIST, "(comment:zqy* OR text:{}*)"),
    Form(LIST, "(attachment:{}* OR comment:zqy*)"),
    Form("/issues/facets", "(comment:{}* OR comment:zqy*)"),
    Form(LIST, "zqy* -{}*"),
    Form(LIST, "-(zqy* {}*)"),
    Form(LIST, "zqyaaa-{}* OR zqy*"),
    Form(LIST, "comment:zqyaaa-{}*"),
    Form(LIST, "{}* status:open sort:created"),
    Form(LIST, "{}"),
    Form(LIST, "esiid:{}*"),
    Form(LIST, "tran:{} OR id:{}"),
    Form("/jump", "{}"),
    Form("/suggest", "{}"),
    Form("/suggest/query", "{}"),
    Form("/suggest/query", "party:{}"),
    Form("/acts/preview", "{}* OR zqy*", data=True),
]


@pytest.fixture(autouse=True)
def without_tokens(app: Flask) -> Iterator[None]:
    """Forms are posted without a token here; that they need one is tested elsewhere."""
    app.config["WTF_CSRF_ENABLED"] = False
    yield
    app.config["WTF_CSRF_ENABLED"] = True


@pytest.mark.drill
def test_guesses_learn_nothing(
    cast: Cast, engine: SearchBackend, client_of: Callable[[Person | None], FlaskClient]
) -> None:
    with time_machine.travel("2026-11-23T15:00:00Z", tick=False):
        own = _own_issue(cast)
        build_index(engine)
        client, questions = client_of(cast.acme), _questions(random.Random(20261207))
        alone = [_answer(client, form, guess) for form, guess in questions]
        _foreign_issue(cast)
        build_index(engine)  # in one segment with ours
        for (form, guess), before in zip(questions, alone, strict=True):
            assert _answer(client, form, guess) == before, (form, guess)
        assert b"<mark>zqyaab</mark>" in _answer(client, Form(LIST, "{}*"), "zqyaab")[1]
        assert str(own.number).encode() not in _answer(client, Form(LIST, "{}*"), "zqyz")[1]


def _own_issue(cast: Cast) -> Issue:
    """Acme's words, in comments and in a file."""
    issue = file_issue(cast.acme, "other", {"Assignee": cast.duns("wires"), "OrigTrxnID": "OWN1"})
    db.session.commit()
    for start in range(0, len(BALLAST), 1_000):
        press(cast.acme, issue, "add-comment", " ".join(BALLAST[start : start + 1_000]))
    _attach(cast.acme, issue, "A plain file.", "a" * 64)
    return issue


def _foreign_issue(cast: Cast) -> None:
    """Corp's words and identifiers, in every place where words can stand."""
    values = {"Assignee": cast.duns("bolt"), "EsiID": ESI_ID, "OrigTrxnID": TRAN, "CommentsText": f"The {CANARY} here"}
    issue = file_issue(cast.corp, "other", values)
    number = {"kind": "number", "issue_id": issue.id}
    db.session.execute(update(IssueIdentifier).filter_by(**number).values(value=NUMBER, tail=NUMBER[-6:]))
    issue.number = int(NUMBER)
    db.session.commit()
    words = f"zqyaaa {CANARY} {ESI_ID} {TRAN} {NUMBER}"
    for ring in (Ring.PARTIES, Ring.COMPANY, Ring.OPERATOR):
        press_transition(cast.corp, issue.number, Press("add-comment", comment=words, ring=ring))
    db.session.commit()
    _attach(cast.corp, issue, words, "b" * 64)


def _attach(actor: Person, issue: Issue, text: str, sha256: str) -> None:
    attach_files(actor, issue.number, [StoredFile("Readings", "readings.txt", "text/plain", len(text), sha256)])
    read_inside(sha256, text)


def _questions(rng: random.Random) -> list[tuple[Form, str]]:
    """Beginnings in forms: of what is there, at most half of all, and of what is not."""
    right = [secret[:length] for secret in SECRETS for length in range(3, len(secret) + 1)]
    wrong = [guess[:-1] + letter for guess in right for letter in string.ascii_lowercase + string.digits]
    known, guessed = (list(itertools.product(FORMS, guesses)) for guesses in (right, wrong))
    asked = rng.sample(known, min(GUESSES // 2, len(known)))
    return [*asked, *rng.sample(guessed, GUESSES - len(asked))]


def _answer(client: FlaskClient, form: Form, guess: str) -> tuple[int, bytes, str | None]:
    typed = form.asked.replace("{}", guess)
    if form.data:
        answer = client.post(form.page, data={"all": "1", "q": typed})
    else:
        answer = client.get(form.page, query_string={"q": typed, "whole": typed})
    return answer.status_code, OF_REQUEST.sub(b"", answer.data), answer.location
