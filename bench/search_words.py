"""The words that the bench searches for, chosen from the loaded data by how many issues hold them."""

import random
from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, select

from tracker.db import db
from tracker.models import Comment, Company, Issue, IssueIdentifier, IssueViewer
from tracker.search.words import folded

SAMPLE = 4_000
EACH = 12


@dataclass(frozen=True)
class SearchWords:
    """A dozen of each kind, so that no answer is asked for twice in a row."""

    rare: list[str]
    two_percent: list[str]
    forty_percent: list[str]
    phrases: list[str]
    beginnings: list[str]
    identifiers: list[str]


def search_words(company: str) -> SearchWords:
    """What an analyst of this company looks for."""
    rng = random.Random("bench:search")
    issues = db.session.scalar(select(func.max(Issue.id))) or 1
    ids = sorted(rng.sample(range(1, issues + 1), min(SAMPLE, issues)))
    texts: dict[int, list[str]] = {}
    for start in range(0, len(ids), 500):
        rows = db.session.execute(
            select(Comment.issue_id, Comment.text).where(Comment.issue_id.in_(ids[start : start + 500]))
        )
        for row in rows:
            texts.setdefault(row.issue_id, []).append(row.text)
    held = Counter(
        word for some in texts.values() for word in {w for t in some for w in folded(t).split() if w.isalpha()}
    )
    share = {word: count / len(ids) for word, count in held.items()}
    lines = [text.split() for some in texts.values() for text in some if len(text.split()) > 4]
    return SearchWords(
        rare=_nearest(share, 0.0, EACH),
        two_percent=_nearest(share, 0.02, EACH),
        forty_percent=_nearest(share, 0.40, EACH),
        phrases=[" ".join(line[1:3]) for line in rng.sample(lines, EACH)],
        beginnings=[word[:4] for word in _nearest({w: s for w, s in share.items() if len(w) > 5}, 0.02, EACH)],
        identifiers=_identifiers(company),
    )


def _nearest(share: dict[str, float], wanted: float, count: int) -> list[str]:
    return sorted(share, key=lambda word: (abs(share[word] - wanted), word))[:count]


def _identifiers(company: str) -> list[str]:
    statement = (
        select(IssueIdentifier.value)
        .join(IssueViewer, IssueViewer.issue_id == IssueIdentifier.issue_id)
        .join(Company, Company.id == IssueViewer.company_id)
        .where(Company.name == company, IssueIdentifier.kind == "esiid")
        .limit(200)
    )
    return list(db.session.scalars(statement))
