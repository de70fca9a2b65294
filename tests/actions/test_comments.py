"""A comment that shows nothing is none: what its rendering shows decides, at every door."""

import pytest
from sqlalchemy import func, select

from tests.cast import ESI_ID, Cast
from tests.make import know_premise, rep_of_record
from tracker.actions.bulk import begin_act
from tracker.actions.filing import file_issue
from tracker.actions.moving import Press, press_transition
from tracker.db import db
from tracker.errors import Invalid
from tracker.models import Comment
from tracker.prose import LONGEST_COMMENT, shows_something

NOTHING = (
    "",
    " \n ",
    "\u200b",
    "\u2800\u3164 \u00a0",
    "\u202e\u00ad\u034f\ufe0f",
    "\U000e0041",
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


@pytest.mark.parametrize("text", NOTHING, ids=ascii)
def test_what_renders_to_nothing_shows_nothing(text: str) -> None:
    assert not shows_something(text)


@pytest.mark.parametrize("text", SOMETHING, ids=ascii)
def test_what_a_reader_sees_is_something(text: str) -> None:
    assert shows_something(text)


@pytest.mark.parametrize("text", NOTHING, ids=ascii)
def test_a_needed_comment_that_shows_nothing_is_refused(cast: Cast, text: str) -> None:
    know_premise(cast)
    issue = rep_of_record(cast)
    press_transition(cast.bolt, issue.number, Press("begin-working"))
    for key in ("add-comment", "return-to-submitter"):
        with pytest.raises(Invalid, match="needs a comment"):
            press_transition(cast.bolt, issue.number, Press(key, comment=text))
    with pytest.raises(Invalid, match="needs a comment"):
        press_transition(cast.bolt, issue.number, Press("add-comment", comment=text, ring="company"))
    with pytest.raises(Invalid, match="needs a comment"):
        begin_act(cast.bolt, [issue.number], "add-comment", {}, text)
    raw = {"Assignee": cast.duns("wires"), "EsiID": ESI_ID, "NewPremiseType": "Residential", "CommentsText": text}
    with pytest.raises(Invalid, match="Comment is needed"):
        file_issue(cast.acme, "premise-type", raw)
    assert db.session.scalar(select(func.count(Comment.id))) == 0


@pytest.mark.parametrize("text", ["\u200b", "---"])
def test_an_optional_one_is_as_if_it_had_not_been_typed(cast: Cast, text: str) -> None:
    know_premise(cast)
    issue = rep_of_record(cast, CommentsText=text, EsiID=ESI_ID)
    press_transition(cast.bolt, issue.number, Press("begin-working", comment=text))
    assert db.session.scalar(select(func.count(Comment.id))) == 0


def test_what_is_too_long_is_said_to_be_too_long(cast: Cast) -> None:
    know_premise(cast)
    issue = rep_of_record(cast)
    with pytest.raises(Invalid, match="at most 10,000 characters"):
        press_transition(cast.acme, issue.number, Press("add-comment", comment="#" * (LONGEST_COMMENT + 1)))
