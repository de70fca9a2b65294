"""Saying something in an issue."""

from tracker.clock import now
from tracker.db import db
from tracker.domain.fields import Rejected, clean_text
from tracker.domain.rings import ALL_PARTIES, Audience
from tracker.errors import Invalid
from tracker.models import Comment, Issue, Person
from tracker.prose import LONGEST_COMMENT, html_of


def cleaned_comment(raw: str | None) -> str:
    """The text of a comment as it is stored; empty when nothing was said. Raises `Invalid` at `comment`."""
    try:
        text = clean_text(raw or "", "The comment")
    except Rejected as reason:
        raise Invalid({"comment": str(reason)}) from None
    if len(text) > LONGEST_COMMENT:
        raise Invalid({"comment": f"A comment takes at most {LONGEST_COMMENT:,} characters; this has {len(text):,}."})
    return text


def say(actor: Person, issue: Issue, text: str, audience: Audience = ALL_PARTIES) -> Comment | None:
    """Add a cleaned comment to the issue for this audience; None when there is nothing to say."""
    if not text:
        return None
    comment = Comment(issue_id=issue.id, person_id=actor.id, at=now(), text=text, **audience.as_columns())
    comment.html = html_of(text)
    db.session.add(comment)
    db.session.flush()
    return comment
