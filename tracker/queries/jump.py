"""The jump box: an issue number, an ESI ID or a tran id, and the issues it means."""

import re
from collections.abc import Sequence

from sqlalchemy import or_, select

from tracker.db import AnyRow, db
from tracker.models import Issue, Person
from tracker.queries.visibility import sees

MOST_HITS = 2
"""Two are enough to know that one is not alone."""


def issues_meant(actor: Person, typed: str) -> Sequence[AnyRow]:
    """The visible issues (at most `MOST_HITS`) that carry exactly this identifier."""
    text = typed.strip()
    statement = select(Issue.number)
    means = [Issue.esi_id == text, Issue.orig_tran_id == text, Issue.tran_id == text]
    if re.fullmatch(r"#?[0-9]{1,16}", text):
        means.append(Issue.number == int(text.lstrip("#")))
    return db.session.execute(statement.where(or_(*means), sees(actor)).limit(MOST_HITS)).all()
