"""Generated queries: each engine, and a plain scan that reads every issue, find the same issues for everybody.

The scan knows nothing of indexes: it looks at the words of each text one by one, and at the rows of the database.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import time_machine

from tests.cast import Cast
from tests.make import index_now
from tests.search.scene import TODAY, make_scene
from tracker.clock import in_market
from tracker.db import db
from tracker.domain.query_language import And, Node, Not, Or, Term, Text, parse
from tracker.models import Attachment, AttachmentText, Comment, Company, Issue, IssueViewer, Person
from tracker.queries.documents import head_of
from tracker.queries.issues import list_issues
from tracker.queries.searching import search
from tracker.search import SearchBackend
from tracker.search.words import STEM, folded, stem_of, words_of

QUERIES = 400
WORDS = ["meter", "swap", "connected", "mistake", "the", "rejected", "occupant", "tariff", "814_16", "997", "zanzibar"]
PHRASES = ['"meter swap"', '"the meter"', '"by mistake"', '"re-sent the 997"', '"meter meter"']
BEGUN = ["mea*", "met*", "connect*", "swap*", "zan*", "rej*"]
SCOPED = ["comment:meter", "attachment:meter", "text:swap", 'comment:"by mistake"', "attachment:occu*"]
CONDITIONS = [
    "status:open",
    "status:new",
    "subtype:other",
    "turn:bolt",
    "party:wires",
    "created:2026-02",
    "has:comment",
]


def generated(rng: random.Random, depth: int = 0) -> str:
    """A query of a few parts, some of them negated or in brackets."""
    parts = [_part(rng, depth) for _ in range(rng.randint(1, 3))]
    return (" OR " if rng.random() < 0.35 else " ").join(parts)


def _part(rng: random.Random, depth: int) -> str:
    if depth < 2 and rng.random() < 0.25:
        part = f"({generated(rng, depth + 1)})"
    else:
        part = rng.choice(rng.choice((WORDS, WORDS, PHRASES, BEGUN, SCOPED, CONDITIONS)))
    return f"-{part}" if rng.random() < 0.2 else part


@dataclass
class Seen:
    """An issue as a person would read it: its texts by place, as words in their order."""

    issue: Issue
    texts: Mapping[str, list[list[str]]]
    companies: set[str]


def test_engines_find_what_a_plain_scan_finds(cast: Cast, engine: SearchBackend) -> None:
    make_scene(cast)
    index_now(engine)
    rng = random.Random(20261123)
    with time_machine.travel(TODAY, tick=False):
        for actor in (cast.acme, cast.ercot, cast.wires):
            seen = list(_seen_by(actor))
            for _ in range(QUERIES // 3):
                query = generated(rng)
                expected = {one.issue.number for one in seen if _fits(parse(query), one)}
                plan = search(actor, query, engine).plan
                assert {row.number for row in list_issues(actor, plan, engine).rows} == expected, query


def _seen_by(actor: Person) -> Iterator[Seen]:
    visible = db.session.query(Issue).join(IssueViewer, IssueViewer.issue_id == Issue.id)
    for issue in visible.filter(IssueViewer.company_id == actor.company_id):
        comments = [row.text for row in db.session.query(Comment).filter_by(issue_id=issue.id)]
        files = list(_files(issue))
        texts = {"head": list(head_of(issue)), "comment": comments, "attachment": files}
        parties = db.session.query(Company.name).join(IssueViewer, IssueViewer.company_id == Company.id)
        companies = {name for (name,) in parties.filter(IssueViewer.issue_id == issue.id) if name != "ERCOT"}
        yield Seen(issue, {place: [_in_order(text) for text in some] for place, some in texts.items()}, companies)


def _files(issue: Issue) -> Iterator[str]:
    for file in db.session.query(Attachment).filter_by(issue_id=issue.id):
        yield from filter(None, (file.title, file.file_name, file.url))
        text = db.session.get(AttachmentText, file.id)
        if text:
            yield text.text


def _in_order(text: str) -> list[str]:
    by_place = {place: form for form, places in words_of([text]).items() if form[0] != STEM for place in places}
    return [by_place[place] for place in sorted(by_place)]


def _fits(node: Node, seen: Seen) -> bool:
    match node:
        case Text(text, quoted, prefix):
            return _says(seen, ("head", "comment", "attachment"), text, quoted=quoted, prefix=prefix)
        case Term(key, (value,)) if key in ("text", "comment", "attachment"):
            places = ("head", "comment", "attachment") if key == "text" else (key,)
            return _says(seen, places, value.text, quoted=value.quoted, prefix=value.prefix)
        case Term(key, (value,)):
            return _is_so(key, value.text, seen)
        case Not(part):
            return not _fits(part, seen)
        case And(parts):
            return all(_fits(part, seen) for part in parts)
        case Or(parts):
            return any(_fits(part, seen) for part in parts)
    raise AssertionError(node)


def _says(seen: Seen, places: tuple[str, ...], text: str, *, quoted: bool, prefix: bool) -> bool:
    wanted = list(_in_order(text))
    texts = [words for place in places for words in seen.texts[place]]
    if prefix:
        return any(word.startswith(folded(text)) for words in texts for word in words)
    return any(
        all(_same(a, b) for a, b in zip(wanted, words[at : at + len(wanted)], strict=False))
        for words in texts
        for at in range(len(words) - len(wanted) + 1)
    )


def _same(wanted: str, word: str) -> bool:
    return wanted == word or (wanted.isalpha() and stem_of(wanted) == stem_of(word))


def _is_so(key: str, value: str, seen: Seen) -> bool:
    issue = seen.issue
    turn = db.session.get(Company, issue.responsible_id) if issue.responsible_id else None
    return {
        "status": issue.is_open if value == "open" else issue.status.lower() == value,
        "subtype": issue.subtype == value,
        "turn": bool(turn and turn.name.lower().startswith(value)),
        "party": any(name.lower().startswith(value) for name in seen.companies),
        "created": in_market(issue.created_at).strftime("%Y-%m") == value,
        "has": bool(seen.texts["comment"]),
    }[key]
