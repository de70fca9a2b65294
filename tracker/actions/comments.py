"""Saying something in an issue."""

from collections.abc import Mapping, Sequence

from tracker.clock import now
from tracker.db import db
from tracker.domain.fields import Rejected, clean_text
from tracker.domain.mentions import names_in
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


def cleaned_comment(raw: str | None) -> str:
    """The text of a comment as it is stored; empty when it would show nothing. Raises `Invalid` at `comment`."""
    try:
        text = clean_text(raw or "", "The comment")
    except Rejected as reason:
        raise Invalid({"comment": str(reason)}) from None
    if len(text) > LONGEST_COMMENT:
        raise Invalid({"comment": f"A comment takes at most {LONGEST_COMMENT:,} characters; this has {len(text):,}."})
    return text if shows_something(text) else ""


def is_said(raw: str | None) -> bool:
    """A comment was written; one that cannot be taken as it is, too. What its readers would see decides."""
    text = (raw or "").strip()
    return len(text) > LONGEST_COMMENT or shows_something(text)


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
