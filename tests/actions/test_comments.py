"""A comment of which nothing would be seen is none, or refused: what its rendering shows decides, at every door."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import func, select

from tests.cast import ESI_ID, Cast
from tests.make import know_premise, rep_of_record
from tracker.actions.bulk import begin_act
from tracker.actions.comments import NOT_SEEN
from tracker.actions.filing import file_issue
from tracker.actions.moving import Press, press_transition
from tracker.db import db
from tracker.errors import Invalid
from tracker.models import Comment
from tracker.prose import LONGEST_COMMENT, shows_something

UNTYPED = ("", " \n ", "\u200b", "\u2800\u3164 \u00a0", "\u202e\u00ad\u034f\ufe0f", "\U000e0041")
"""Blanks, and signs that do not show."""

NOT_SEEN_OF = (
    "#",
    "###### ",
    "---",
    "* * *",
    ">",
    "> > *",
    "*",
    "- \n- ",
    "1.",
    "&nbsp;&#8203;",
    "```\n\u200b\n```",
    "| |\n|-|\n| |",
)
"""Signs that whoever typed them saw, and nobody else would."""

SOMETHING = (
    "x",
    ".",
    "**",
    "> yes",
    "# No",
    "- 1",
    "`@bob`",
    "&amp;",
    "https://example.com/",
    "🔥",
    "<b>",
    "[x](javascript:1)",
)


@pytest.mark.parametrize("text", UNTYPED + NOT_SEEN_OF, ids=ascii)
def test_what_renders_to_nothing_shows_nothing(text: str) -> None:
    assert not shows_something(text)


@pytest.mark.parametrize("text", SOMETHING, ids=ascii)
def test_what_a_reader_sees_is_something(text: str) -> None:
    assert shows_something(text)


def refused_at_every_door(cast: Cast, text: str) -> Iterator[tuple[str, str]]:
    """Where a comment is needed: of which field the refusal is, and its code."""
    know_premise(cast)
    issue = rep_of_record(cast)
    press_transition(cast.bolt, issue.number, Press("begin-working"))
    raw = {"Assignee": cast.duns("wires"), "EsiID": ESI_ID, "NewPremiseType": "Residential", "CommentsText": text}
    doors: tuple[Callable[[], object], ...] = (
        lambda: press_transition(cast.bolt, issue.number, Press("add-comment", comment=text)),
        lambda: press_transition(cast.bolt, issue.number, Press("return-to-submitter", comment=text)),
        lambda: press_transition(cast.bolt, issue.number, Press("add-comment", comment=text, ring="company")),
        lambda: begin_act(cast.bolt, [issue.number], "add-comment", {}, text),
        lambda: file_issue(cast.acme, "premise-type", raw),
    )
    for door in doors:
        with pytest.raises(Invalid) as refusal:
            door()
        yield from ((name, reason.code) for name, reason in refusal.value.errors.items())  # type: ignore[attr-defined]
    assert db.session.scalar(select(func.count(Comment.id))) == 0


@pytest.mark.parametrize("text", UNTYPED, ids=ascii)
def test_a_needed_comment_that_was_not_typed_is_refused(cast: Cast, text: str) -> None:
    *presses, filed = refused_at_every_door(cast, text)
    assert presses == [("comment", "needs-comment")] * 4
    assert filed == ("CommentsText", "shows-nothing" if text.strip() else "needed")


@pytest.mark.parametrize("text", NOT_SEEN_OF, ids=ascii)
def test_a_needed_comment_of_which_nothing_would_be_seen_is_told_so(cast: Cast, text: str) -> None:
    assert [*refused_at_every_door(cast, text)] == [("comment", NOT_SEEN.code)] * 4 + [("CommentsText", NOT_SEEN.code)]


@pytest.mark.parametrize("text", UNTYPED, ids=ascii)
def test_an_optional_one_is_as_if_it_had_not_been_typed(cast: Cast, text: str) -> None:
    know_premise(cast)
    issue = rep_of_record(cast, CommentsText=text, EsiID=ESI_ID)
    press_transition(cast.bolt, issue.number, Press("begin-working", comment=text))
    assert db.session.scalar(select(func.count(Comment.id))) == 0


@pytest.mark.parametrize("text", NOT_SEEN_OF, ids=ascii)
def test_an_optional_one_of_which_nothing_would_be_seen_is_not_dropped(cast: Cast, text: str) -> None:
    know_premise(cast)
    with pytest.raises(Invalid) as refusal:
        rep_of_record(cast, CommentsText=text, EsiID=ESI_ID)
    assert refusal.value.errors == {"CommentsText": NOT_SEEN}
    issue = rep_of_record(cast)
    with pytest.raises(Invalid) as refusal:
        press_transition(cast.bolt, issue.number, Press("begin-working", comment=text))
    assert refusal.value.errors == {"comment": NOT_SEEN}
    with pytest.raises(Invalid) as refusal:
        begin_act(cast.bolt, [issue.number], "begin-working", {}, text)
    assert refusal.value.errors == {"comment": NOT_SEEN}


def test_what_it_advises_is_taken(cast: Cast) -> None:
    know_premise(cast)
    issue = rep_of_record(cast, CommentsText="`---`", EsiID=ESI_ID)
    press_transition(cast.bolt, issue.number, Press("add-comment", comment="`#`"))
    assert db.session.scalar(select(func.count(Comment.id))) == 2


def test_what_is_too_long_is_said_to_be_too_long(cast: Cast) -> None:
    know_premise(cast)
    issue = rep_of_record(cast)
    with pytest.raises(Invalid, match="at most 10,000 characters"):
        press_transition(cast.acme, issue.number, Press("add-comment", comment="#" * (LONGEST_COMMENT + 1)))
