"""Sessions: on the server, short, and gone when they should be."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, select

from config import Config
from tests.cast import Cast
from tests.visitor import PASSWORD, Visitor, give_password, signed_in, without_token
from tracker import create_app
from tracker.actions.links import create_link
from tracker.actions.people import deactivate
from tracker.actions.sessions import forget_expired
from tracker.db import db
from tracker.models import SignInSession
from tracker.queries.sessions import knows_device

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


def is_in(visitor: Visitor) -> bool:
    return visitor.get("/account").status_code == 200


def rows() -> list[SignInSession]:
    db.session.rollback()
    return list(db.session.scalars(select(SignInSession)))


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that the database is asked meanwhile."""
    asked: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield asked
    event.remove(db.engine, "before_cursor_execute", note)


def test_cookies_on_loopback(app: Flask, cast: Cast) -> None:
    visitor = Visitor(app)
    give_password(cast.acme)
    for answer in (visitor.get("/sign-in"), visitor.sign_in(cast.acme)):
        for cookie in answer.headers.getlist("Set-Cookie"):
            assert "HttpOnly" in cookie
            assert "SameSite=Lax" in cookie
            assert "Path=/" in cookie
            assert "Domain" not in cookie


def test_cookies_elsewhere_need_https(app: Flask, config: Config, cast: Cast) -> None:
    give_password(cast.acme)
    abroad = create_app(replace(config, base_url="https://tracker.example"))
    visitor = Visitor(abroad, site="https://tracker.example")
    with abroad.app_context():
        visitor.get("/sign-in")
        answer = visitor.post(
            "/sign-in",
            user_name="ann",
            password=PASSWORD,
            headers={"Origin": "https://tracker.example", "Referer": "https://tracker.example/sign-in"},
        )
        db.session.remove()
        db.engine.dispose()
    assert answer.status_code == 302
    cookies = answer.headers.getlist("Set-Cookie")
    assert {cookie.split("=")[0] for cookie in cookies} == {"__Host-sid", "__Host-device", "__Host-pre"}
    for cookie in cookies:
        for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
            assert word in cookie
        assert "Domain" not in cookie


def test_cookie_from_before_signing_in_is_worth_nothing(app: Flask, cast: Cast) -> None:
    planted = Visitor(app)
    planted.get("/sign-in")
    planted.client.set_cookie("sid", "planted-by-somebody-else")
    give_password(cast.acme)
    planted.sign_in(cast.acme)
    assert planted.cookie("sid") not in (None, "planted-by-somebody-else")
    stranger = Visitor(app)
    stranger.client.set_cookie("sid", "planted-by-somebody-else")
    assert not is_in(stranger)


def test_token_of_the_visitor_is_not_the_token_of_the_person(app: Flask, cast: Cast) -> None:
    visitor = Visitor(app)
    give_password(cast.acme)
    visitor.sign_in(cast.acme)
    assert visitor.post("/account/comforts").status_code == 400
    visitor.get("/account")
    assert visitor.post("/account/comforts").status_code == 302


def test_signing_in_again_gives_a_new_token(app: Flask, cast: Cast) -> None:
    visitor = signed_in(app, cast.acme)
    before = visitor.cookie("sid")
    visitor.post("/sign-out")
    visitor.sign_in(cast.acme)
    assert visitor.cookie("sid") != before


def test_signed_out_session_cannot_be_replayed(app: Flask, cast: Cast) -> None:
    visitor = signed_in(app, cast.acme)
    kept = visitor.cookie("sid") or ""
    assert visitor.post("/sign-out").location == "/sign-in"
    assert visitor.cookie("sid") is None
    visitor.client.set_cookie("sid", kept)
    assert not is_in(visitor)
    assert rows() == []


def test_session_ends_after_half_an_hour_without_its_person(app: Flask, cast: Cast) -> None:
    with time_machine.travel(START, tick=False) as clock:
        visitor = signed_in(app, cast.acme)
        clock.shift(timedelta(minutes=29))
        assert is_in(visitor)
        clock.shift(timedelta(minutes=29))
        assert is_in(visitor)
        clock.shift(timedelta(minutes=31))
        assert not is_in(visitor)


def test_session_ends_after_twelve_hours_in_any_case(app: Flask, cast: Cast) -> None:
    with time_machine.travel(START, tick=False) as clock:
        visitor = signed_in(app, cast.acme)
        for _ in range(28):
            clock.shift(timedelta(minutes=25))
            assert is_in(visitor)
        clock.shift(timedelta(minutes=20))
        assert not is_in(visitor)


def test_session_of_a_time_to_come_does_not_last_until_then(app: Flask, cast: Cast) -> None:
    with time_machine.travel(START, tick=False) as clock:
        visitor = signed_in(app, cast.acme)
        clock.shift(-timedelta(days=1))
        assert not is_in(visitor)
        forget_expired()
        db.session.commit()
        assert rows() == []


def test_new_password_ends_the_other_sessions(app: Flask, cast: Cast) -> None:
    here, there = signed_in(app, cast.acme), Visitor(app)
    there.sign_in(cast.acme)
    changed = here.post("/account/password", present=PASSWORD, password="nine red balloons")
    assert changed.location == "/account"
    assert is_in(here)
    assert not is_in(there)


def test_new_password_leaves_this_browser_known_and_no_other(app: Flask, cast: Cast) -> None:
    here, there = signed_in(app, cast.acme), Visitor(app)
    there.sign_in(cast.acme)
    here.post("/account/password", present=PASSWORD, password="nine red balloons")
    assert [knows_device(cast.acme, visitor.cookie("device") or "") is not None for visitor in (here, there)] == [
        True,
        False,
    ]


def test_deactivation_works_at_the_next_request(app: Flask, cast: Cast) -> None:
    visitor = signed_in(app, cast.acme)
    deactivate(cast.acme_admin, cast.acme)
    assert not is_in(visitor)


def test_somebody_switched_off_in_the_database_is_out(app: Flask, cast: Cast) -> None:
    visitor = signed_in(app, cast.acme)
    cast.acme.active = False
    assert not is_in(visitor)


def test_own_sessions_are_listed_and_ended(app: Flask, cast: Cast) -> None:
    here, there = signed_in(app, cast.acme), Visitor(app, address="203.0.113.9")
    there.sign_in(cast.acme)
    page = here.get("/account").text
    assert "203.0.113.9" in page
    assert "Firefox on Windows" in page
    other = next(row for row in rows() if row.address == "203.0.113.9")
    assert here.post(f"/account/sessions/{other.public_id}/end").status_code == 302
    assert not is_in(there)
    assert is_in(here)


def test_each_session_says_how_it_began(app: Flask, cast: Cast) -> None:
    assert "with the password" in signed_in(app, cast.acme).get("/account").text
    invited, path = Visitor(app), f"/sign-in/link/{create_link(cast.bolt_admin, cast.bolt)}"
    invited.get(path)
    invited.post(path, password="nine red balloons")
    assert "by a one-time link" in invited.get("/account").text


def test_foreign_and_absent_sessions_are_one_answer(app: Flask, cast: Cast) -> None:
    signed_in(app, cast.bolt)
    foreign = rows()[0].public_id
    visitor = signed_in(app, cast.acme)
    answers = [visitor.post(f"/account/sessions/{name}/end") for name in (foreign, "absent")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert without_token(answers[0]) == without_token(answers[1])


def test_no_running_id_of_a_session_leaves_the_database(app: Flask, cast: Cast) -> None:
    here, there = signed_in(app, cast.acme), Visitor(app, address="203.0.113.9")
    there.sign_in(cast.acme)
    page = here.get("/account").text
    named = re.findall(r'action="/account/sessions/([^"]+)/end"', page)
    assert named == [row.public_id for row in rows() if row.address == "203.0.113.9"]
    assert all(len(name) == 24 for name in named)
    for row in rows():
        assert here.post(f"/account/sessions/{row.id}/end").status_code == 404
    assert is_in(there)


def test_a_session_that_an_earlier_release_began_can_be_signed_out(app: Flask, cast: Cast) -> None:
    here = signed_in(app, cast.acme)
    for row in rows():
        row.public_id = None
    db.session.commit()
    assert "/account/sessions/None" not in here.get("/account").text
    assert here.post("/account/sessions/None/end").status_code == 404
    assert here.post("/sign-out").location == "/sign-in"
    assert rows() == []


def test_visitors_leave_no_row(app: Flask, cast: Cast) -> None:
    visitor = Visitor(app)
    visitor.get("/sign-in")
    visitor.get("/account")
    assert rows() == []


def test_one_statement_knows_who_is_here(app: Flask, cast: Cast) -> None:
    visitor = signed_in(app, cast.acme_admin)
    with statements() as asked:
        visitor.get("/people/new")
    assert len([statement for statement in asked if not statement.startswith(("BEGIN", "SET"))]) == 1


def test_seen_at_is_written_once_a_minute(app: Flask, cast: Cast) -> None:
    with time_machine.travel(START, tick=False) as clock:
        visitor = signed_in(app, cast.acme)
        clock.shift(timedelta(seconds=50))
        visitor.get("/account")
        assert rows()[0].seen_at == START
        clock.shift(timedelta(seconds=11))
        visitor.get("/account")
        assert rows()[0].seen_at == START + timedelta(seconds=61)


def test_notices_of_signed_in_people_are_shown_once(app: Flask, cast: Cast) -> None:
    visitor = signed_in(app, cast.acme)
    visitor.post("/account/comforts")
    assert "Saved." in visitor.get("/account").text
    assert "Saved." not in visitor.get("/account").text
    assert cast.acme.shortcut_keys is False


@pytest.mark.parametrize("token", ["", "x", "\udcff", "ä" * 50])
def test_nonsense_in_the_cookie_is_a_visitor(app: Flask, cast: Cast, token: str) -> None:
    visitor = Visitor(app)
    header = {"Cookie": f"sid={token}".encode("utf-8", "surrogateescape").decode("latin-1")}
    assert visitor.get("/account", headers=header).status_code == 302
