"""`@` and a name: who reads it is mentioned, a colleague or a party who does not is refused, everybody else is text."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.cast import Cast
from tests.counting import counted
from tests.make import know_premise, press, rep_of_record, usage_dispute
from tracker.actions.bulk import begin_act, carry_on
from tracker.actions.telling import tell_changes
from tracker.db import db
from tracker.domain.notices import Reason
from tracker.errors import Invalid
from tracker.models import BulkAct, BulkItem, Comment, Issue, Notice, Person

Clients = Callable[[Person | None], FlaskClient]

FOREIGN = ("carl", "olaf", "left", "gone")
"""Of companies without a part, and deactivated: at a company without a part, and at a party."""

ABSENT = ("zack", "zoey", "zara")
NOBODY = (*FOREIGN, *ABSENT)
OF_REQUEST = re.compile(
    r'name="(?:csrf_token|drawn)" value="[^"]*"|<time [^>]*>[^<]*</time>|[0-9A-Za-z_-]{24}|[0-9]{9,20}'
)
"""What differs between two answers all the same: tokens, times, addresses, numbers, anchors."""


@pytest.fixture(autouse=True)
def without_tokens(app: Flask) -> Iterator[None]:
    """Forms are posted without a token here; that they need one is tested elsewhere."""
    app.config["WTF_CSRF_ENABLED"] = False
    yield
    app.config["WTF_CSRF_ENABLED"] = True


@pytest.fixture
def issues(cast: Cast) -> list[Issue]:
    """Acme asks Bolt three times; two people left, and one of Acme's own."""
    know_premise(cast)
    for user_name, colleague in (("left", cast.corp), ("gone", cast.bolt), ("past", cast.acme)):
        db.session.add(
            Person(
                company_id=colleague.company_id,
                user_name=user_name,
                full_name=user_name.title(),
                email="",
                rank="analyst",
                active=False,
                created_at=colleague.created_at,
            )
        )
    return [press(cast.acme, rep_of_record(cast), "submit") if n else rep_of_record(cast) for n in range(3)]


Door = Callable[[Cast, FlaskClient, list[Issue], str], tuple[str, dict[str, str]]]
"""The address of a form, and what is sent with the comment."""


def comment(ring: str) -> Door:
    return lambda cast, client, issues, text: (
        f"/issues/{issues[0].number}/transitions/add-comment",
        {"comment": text, "ring": ring},
    )


def button(cast: Cast, client: FlaskClient, issues: list[Issue], text: str) -> tuple[str, dict[str, str]]:
    owner = {"NewOwner": "ann", "comment": text, "version": str(issues[0].version)}
    return f"/issues/{issues[0].number}/transitions/assign-owner", owner


def filing(cast: Cast, client: FlaskClient, issues: list[Issue], text: str) -> tuple[str, dict[str, str]]:
    return "/issues/new/other", {"Assignee": cast.duns("bolt"), "CommentsText": text}


def act(ring: str) -> Door:
    return lambda cast, client, issues, text: (
        "/acts",
        {"numbers": " ".join(str(one.number) for one in issues), "key": "add-comment", "comment": text, "ring": ring},
    )


DOORS = {
    "comment": comment("parties"),
    "note": comment("company"),
    "note with ERCOT": comment("operator"),
    "button": button,
    "filing": filing,
    "act": act("parties"),
    "act in a ring": act("operator"),
}


@pytest.mark.parametrize("door", DOORS)
def test_a_foreign_name_and_an_absent_one_are_one_answer(
    cast: Cast, issues: list[Issue], client_of: Clients, door: str
) -> None:
    """Same status, same bytes, same statements, and nobody is told: nothing says who works elsewhere."""
    client, answers = client_of(cast.acme), {}
    for name in ("warm", *NOBODY):
        address, form = DOORS[door](cast, client, issues, f"Ask @{name} of it.")
        db.session.expire_all()
        with counted() as asked:
            answer = client.post(address, data=form)
        answers[name] = (
            answer.status_code,
            OF_REQUEST.sub("", answer.text),
            OF_REQUEST.sub("", answer.location),
            asked,
        )
    assert answers["zack"][0] == 302
    for name in NOBODY:
        assert answers[name] == answers["zack"], name
    while tell_changes():
        db.session.commit()
    assert db.session.scalar(select(func.count()).where(Notice.reason == Reason.MENTIONED)) == 0
    assert {f"Ask @{name} of it." for name in NOBODY} <= _said()


def _said() -> set[str]:
    """What was said or is to be said."""
    return {*db.session.scalars(select(Comment.text)), *db.session.scalars(select(BulkAct.comment))}


@pytest.mark.parametrize("door", ["note", "note with ERCOT", "act in a ring"])
def test_a_party_who_would_not_read_the_note_is_refused(
    cast: Cast, issues: list[Issue], client_of: Clients, door: str
) -> None:
    address, form = DOORS[door](cast, client_of(cast.acme), issues, "Ask @bob of it.")
    answer = client_of(cast.acme).post(address, data=form)
    assert (answer.status_code, "@bob would not read this" in answer.text) == (422, True)
    assert "Ask @bob of it." not in _said()


@pytest.mark.parametrize("door", DOORS)
def test_a_colleague_who_reads_no_more_is_refused(
    cast: Cast, issues: list[Issue], client_of: Clients, door: str
) -> None:
    address, form = DOORS[door](cast, client_of(cast.acme), issues, "Ask @past or @zack.")
    answer = client_of(cast.acme).post(address, data=form)
    assert (answer.status_code, "@past would not read this" in answer.text) == (422, True)
    assert "@zack would" not in answer.text
    assert "@past, " not in answer.text


@pytest.mark.parametrize("door", ["comment", "button", "filing"])
def test_who_reads_it_is_mentioned(cast: Cast, issues: list[Issue], client_of: Clients, door: str) -> None:
    address, form = DOORS[door](cast, client_of(cast.acme), issues, "Ask @bob, @zack and @carl.")
    assert client_of(cast.acme).post(address, data=form).status_code == 302
    while tell_changes():
        db.session.commit()
    told = db.session.scalars(select(Notice.person_id).where(Notice.reason == Reason.MENTIONED)).all()
    assert told == [cast.bolt.id]


def test_of_many_issues_each_is_read_by_its_own(cast: Cast, issues: list[Issue]) -> None:
    """Wanda of Wires reads one of the four: that is said; Carl, who reads none, is a word."""
    fourth = press(cast.acme, usage_dispute(cast), "submit")
    numbers = [issue.number for issue in (*issues, fourth)]
    with pytest.raises(Invalid, match=r"@wanda would not read this on 3 of the 4 issues") as refusal:
        begin_act(cast.acme, numbers, "add-comment", {}, "Ask @wanda and @carl.")
    said = refusal.value.errors["comment"]
    assert (said.code, said.values["names"], said.values["most"]) == ("mentioned-without-reading", "@wanda", 3)  # type: ignore[attr-defined]
    begun = begin_act(cast.acme, numbers, "add-comment", {}, "Ask @carl.")
    db.session.commit()
    carry_on(begun.id)
    assert set(db.session.scalars(select(BulkItem.done))) == {True}
