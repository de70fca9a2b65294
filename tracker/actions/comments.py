"""Saying something in an issue."""

from tracker.clock import now
from tracker.db import db
from tracker.domain.fields import Rejected, clean_text
from tracker.domain.mentions import names_in
from tracker.domain.rings import ALL_PARTIES, Audience
from tracker.errors import Invalid
from tracker.models import Comment, Issue, Person
from tracker.prose import LONGEST_COMMENT, html_of
from tracker.queries.mentions import mentioned_on


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
    """Add a cleaned comment to the issue for this audience; None when there is nothing to say.

    Raises `Invalid` at `comment` when it mentions somebody of the issue who does not read it.
    """
    if not text:
        return None
    _require_readers(actor, issue, text, audience)
    comment = Comment(issue_id=issue.id, person_id=actor.id, at=now(), text=text, **audience.as_columns())
    comment.html = html_of(text)
    db.session.add(comment)
    db.session.flush()
    return comment


def _require_readers(actor: Person, issue: Issue, text: str, audience: Audience) -> None:
    """Whoever is mentioned must read it. A name of nobody on the issue is text like any other, and tells nothing."""
    if not audience.is_private:
        return
    readers = {audience.company_id, audience.operator_id}
    strangers = [person for person in mentioned_on(issue, names_in(text)) if person.company_id not in readers]
    if strangers:
        names = ", ".join(f"@{person.user_name}" for person in strangers)
        raise Invalid(
            {"comment": f"{names} would not read this note. Take the mention out, or choose readers who include them."}
        )
