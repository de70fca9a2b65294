"""Values that no page sends, under every name that any route looks for: never a 500 (security.md S33)."""

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.test import TestResponse

from tests.cast import Cast
from tests.make import know_premise, rep_of_record
from tests.web.hostile import NO_COLUMN_TAKES, VALUES
from tests.web.test_access import rules, values_for
from tracker.models import Issue, Person

Clients = Callable[[Person | None], FlaskClient]


class Asked(ImmutableMultiDict[str, str]):
    """Parameters that remember under which names something was looked for."""

    names: ClassVar[set[str]] = set()

    def __getitem__(self, key: str) -> str:
        self.names.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.names.add(str(key))
        return super().__contains__(key)

    def get(self, key: str, *rest: Any, **more: Any) -> Any:
        """The value, or what stands for none."""
        self.names.add(key)
        return super().get(key, *rest, **more)

    def getlist(self, key: str, *rest: Any, **more: Any) -> Any:
        """All values."""
        self.names.add(key)
        return super().getlist(key, *rest, **more)


@pytest.fixture
def issue(app: Flask, cast: Cast, without_tokens: None, monkeypatch: pytest.MonkeyPatch) -> Issue:
    """Acme asked Bolt; errors are answered as in production."""
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(app.request_class, "parameter_storage_class", Asked)
    know_premise(cast)
    return rep_of_record(cast)


@pytest.mark.parametrize(("who", "least"), [("acme_admin", 80), ("ercot_admin", 90), ("nobody", 4)])
def test_forms(app: Flask, cast: Cast, issue: Issue, client_of: Clients, who: str, least: int) -> None:
    client = client_of(getattr(cast, who, None))

    def send(path: str, fields: dict[str, str]) -> TestResponse:
        return client.post(path, data=fields)

    found, looked_for = faults(send, addresses(app, "POST", issue))
    assert found == []
    assert looked_for >= least


@pytest.mark.parametrize(("who", "least"), [("acme_admin", 20), ("ercot_admin", 20), ("nobody", 1)])
def test_parameters(app: Flask, cast: Cast, issue: Issue, client_of: Clients, who: str, least: int) -> None:
    client = client_of(getattr(cast, who, None))

    def ask(path: str, parameters: dict[str, str]) -> TestResponse:
        return client.get(path, query_string=parameters)

    found, looked_for = faults(ask, addresses(app, "GET", issue))
    assert found == []
    assert looked_for >= least


def faults(send: Callable[[str, dict[str, str]], TestResponse], paths: list[str]) -> tuple[list[Any], int]:
    """What is answered with a fault of ours; and how many names were looked for, which is none where all is refused."""
    found, looked_for = [], 0
    for path in paths:
        Asked.names.clear()
        send(path, {"sent": "something"}).close()
        names = sorted(Asked.names - {"csrf_token", "sent"})
        looked_for += len(names)
        for kind, fields in attempts(names):
            with send(path, fields) as answer:
                if answer.status_code >= 500:
                    found.append((path, kind, *fields))
    return found, looked_for


def attempts(names: list[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Each value under all names at once, and what a column could refuse under each name alone, too."""
    for kind, value in VALUES.items():
        yield kind, dict.fromkeys(names, value)
        if kind in NO_COLUMN_TAKES:
            yield from ((kind, {name: value}) for name in names)


def addresses(app: Flask, method: str, issue: Issue) -> list[str]:
    """The address of every route of the method; of this issue, and of nothing else that there is."""
    with app.test_request_context():
        bound = app.url_map.bind("localhost")
        return [
            bound.build(rule.endpoint, values_for(rule, issue), method=method)
            for rule in rules(app)
            if method in (rule.methods or ()) and rule.endpoint != "static"
        ]


def test_a_comment_is_sent_beside_public_ids_that_are_none(cast: Cast, issue: Issue, client_of: Clients) -> None:
    """Those are looked at only once the rest of the form is in order."""
    client, path = client_of(cast.acme), f"/issues/{issue.number}/transitions/add-comment"
    for value in VALUES.values():
        form = {"comment": "Hello.", "ring": "parties", "kept": value, "reply": value}
        assert client.post(path, data=form).status_code == 302
