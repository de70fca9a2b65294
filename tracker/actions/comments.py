"""Saying something in an issue."""

from collections.abc import Sequence

from tracker.clock import now
from tracker.db import db
from tracker.domain.fields import Rejected, clean_text
from tracker.domain.mentions import names_in
from tracker.domain.rings import ALL_PARTIES, Audience
from tracker.errors import Invalid
from tracker.models import Comment, Issue, Person
from tracker.prose import LONGEST_COMMENT, html_of
from tracker.queries.mentions import not_of, not_reading
from tracker.queries.parties import parties_of

MENDING = (
    "Take the name out, or choose readers who include the person. If nobody is meant, write it between `backticks`."
)


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


def require_parties(text: str, issue: Issue) -> None:
    """The same for what is said on filing, at its own field: also before the parties see the issue."""
    strangers = not_of(names_in(text), {party.company_id for party in parties_of(issue.id)})
    if strangers:
        names = ", ".join(f"@{name}" for name in strangers)
        raise Invalid({"CommentsText": f"{names} is nobody of the companies on this issue. {MENDING}"})


def require_readers(text: str, issue_ids: Sequence[int], audience: Audience = ALL_PARTIES) -> None:
    """Raise `Invalid` at `comment` when it mentions somebody who would not read it on each of the issues.

    A name of nobody and one of a person elsewhere are refused in the same words, which tell nothing.
    """
    strangers = not_reading(names_in(text), issue_ids, audience)
    if strangers:
        names = ", ".join(f"@{name}" for name in strangers)
        where = "" if len(issue_ids) == 1 else f" on {max(strangers.values()):,} of the {len(issue_ids):,} issues"
        raise Invalid({"comment": f"{names} would not read this{where}. {MENDING}"})
