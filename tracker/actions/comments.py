"""Saying something in an issue."""

from collections.abc import Mapping, Sequence

from tracker.clock import now
from tracker.db import db
from tracker.domain.fields import Rejected, clean_text
from tracker.domain.mentions import names_in
from tracker.domain.names import shows_nothing
from tracker.domain.rings import ALL_PARTIES, Audience
from tracker.domain.sentence import Sentence
from tracker.errors import Invalid
from tracker.models import Comment, Issue, Person
from tracker.prose import LONGEST_COMMENT, html_of, shows_something
from tracker.queries.mentions import not_reading

MENDING = (
    "Take the name out, or choose readers who include the person. If nobody is meant, write it between `backticks`."
)
"""A name of nobody, or of somebody elsewhere, is text like any other: to refuse it would tell who there is."""

NEEDED = "{name} needs a comment: tell the others why."
NOT_SEEN = Sentence(
    "comment-not-seen",
    "Of what you typed nothing would be seen: it is made of signs that only give words their form. "
    "Write words, or put it between `backticks` to show it as you typed it.",
)


def cleaned_comment(raw: str | None) -> str:
    """The text of a comment as it is stored; empty when it would show nothing. Raises `Invalid` at `comment`."""
    try:
        text = clean_text(raw or "", "The comment")
    except Rejected as reason:
        raise Invalid({"comment": str(reason)}) from None
    if len(text) > LONGEST_COMMENT:
        raise Invalid({"comment": f"A comment takes at most {LONGEST_COMMENT:,} characters; this has {len(text):,}."})
    return text if shows_something(text) else ""


def reasons_against(raw: object, *, needed_for: str = "", field: str = "comment") -> dict[str, str]:
    """Why a comment is refused for what its readers would see of it: nothing, though something was typed or is needed.

    Blanks and signs that do not show are nothing typed. One that is too long is something.
    """
    text = raw.strip() if isinstance(raw, str) else ""
    if shows_nothing(text):
        return {field: Sentence("needs-comment", NEEDED, name=needed_for)} if needed_for else {}
    return {} if len(text) > LONGEST_COMMENT or shows_something(text) else {field: NOT_SEEN}


def say(actor: Person, issue: Issue, text: str, audience: Audience = ALL_PARTIES) -> Comment | None:
    """Add a cleaned comment to the issue for this audience; None when there is nothing to say."""
    if not text:
        return None
    comment = Comment(issue_id=issue.id, person_id=actor.id, at=now(), text=text, **audience.as_columns())
    comment.html = html_of(text)
    db.session.add(comment)
    db.session.flush()
    return comment


def require_readers(
    actor: Person, text: str, issue_ids: Sequence[int], audience: Audience = ALL_PARTIES, *, field: str = "comment"
) -> None:
    """Raise `Invalid` at the field when it mentions a colleague, or somebody of a company that sees the issue, who
    would not read it on each of the issues."""
    strangers = not_reading(actor, names_in(text), issue_ids, audience)
    if strangers:
        raise Invalid({field: _refused(strangers, len(issue_ids))})


def _refused(strangers: Mapping[str, int], issues: int) -> Sentence:
    names, most = ", ".join(f"@{name}" for name in strangers), max(strangers.values())
    if issues == 1:
        template = "{names} would not read this. {mending}"
    else:
        template = "{names} would not read this on {most:,} of the {issues:,} issues. {mending}"
    return Sentence("mentioned-without-reading", template, names=names, most=most, issues=issues, mending=MENDING)
