"""What somebody said, as a letter quotes it: whole where it is short, else its beginning."""

from markupsafe import Markup

from tracker.db import AnyRow
from tracker.jobs.letter.parts import Link, Quote
from tracker.mail import one_line
from tracker.prose import html_of
from tracker.queries.timeline import anchor

LONGEST = 2_000
LONGEST_EXCERPT = 200
READ_ON = "… read on in the issue"


def quote_of(row: AnyRow, base_url: str) -> Quote | None:
    """The comment of an event. The Markdown is cut and rendered anew: a cut in HTML would leave tags open."""
    if row.said is None:
        return None
    if len(row.said) <= LONGEST:
        return Quote(row.said, Markup(row.html))  # noqa: S704  # sanitised when it was written
    short = _beginning(row.said, LONGEST)
    rest = Link(READ_ON, f"{base_url}/issues/{row.number}#e{anchor(row.at)}")
    return Quote(short, Markup(html_of(short)), rest)  # noqa: S704  # sanitised


def excerpt_of(row: AnyRow) -> str:
    """The beginning of the comment on one line, for those who look through many."""
    text = one_line(Markup(row.html or "").striptags())  # noqa: S704  # its tags are taken out
    return text if len(text) <= LONGEST_EXCERPT else f"{_beginning(text, LONGEST_EXCERPT)} …"


def _beginning(text: str, longest: int) -> str:
    """Up to the last blank before so many characters; one long word is cut anywhere."""
    whole = max(text.rfind(" ", 0, longest), text.rfind("\n", 0, longest))
    return text[: whole if whole > longest // 2 else longest].rstrip()
