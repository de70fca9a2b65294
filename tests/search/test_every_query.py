"""Every key, in every form of its values, in every statement that a query can enter, finds the same issues.

What is asked is made from what the keys declare (`forms`). A shape decides the statement, which is built once, so that
each shape is tried in all of them once: in every order of the list from page to page and back, in the counts, among the
issues of an act, in a view that is watched. Negated, in brackets and beside something else it finds what follows.
"""

from collections.abc import Iterator, Mapping

import pytest
import time_machine
from sqlalchemy import update

from tests.cast import ESI_ID, Cast
from tests.make import index_now, press
from tests.search.forms import ODD, Samples, queries_for
from tests.search.scene import TODAY, make_scene
from tracker.actions.linking import link_many
from tracker.actions.views import save_view
from tracker.clock import now
from tracker.db import db
from tracker.domain.query_language import QueryError
from tracker.domain.search_keys import KEYS, SORTS, Key, Kind, conditions_of, keys_for
from tracker.domain.tables import complete
from tracker.models import Issue, IssueViewer, Person, ViewWatch, WorkGroup
from tracker.queries import issues
from tracker.queries.bulk import chosen, numbers_found, ways_open
from tracker.queries.completions import completions_for
from tracker.queries.conditions import CONDITIONS
from tracker.queries.facets import facets_of
from tracker.queries.issues import IssuePage, list_issues
from tracker.queries.searching import search
from tracker.queries.shapes import shaped
from tracker.queries.views import default_views_of
from tracker.queries.watched_views import Watched, all_found, found_by_all, how_many_found, is_watchable
from tracker.search import SearchBackend

ORDERS = [f" sort:{sign}{choice.value}" for choice in SORTS for sign in ("", "-")]


@pytest.fixture
def scene(cast: Cast, engine: SearchBackend) -> Mapping[str, Issue]:
    """A market in which each kind of tie stands between issues that Acme sees, and between one of these and another."""
    made = make_scene(cast)
    link_many(cast.acme, made["swap"].number, [made["reject"].number], "related")
    link_many(cast.acme, made["swap"].number, [made["papers"].number], "caused-by")
    link_many(cast.bolt, made["closed"].number, [made["dispute"].number], "caused-by")
    press(cast.acme, made["swap"], "assign-to-group", GroupName=cast.acme_desk.name)
    for child, parent in (("papers", "swap"), ("closed", "dispute")):
        db.session.execute(update(Issue).where(Issue.id == made[child].id).values(parent_id=made[parent].id))
    db.session.commit()
    index_now(engine)
    return made


class Reader:
    """Somebody who asks one query wherever a query can be asked."""

    def __init__(self, person: Person, engine: SearchBackend) -> None:
        self.person, self.engine = person, engine
        self.shapes: set[object] = set()
        rows = db.session.query(Issue.number, Issue.id).join(IssueViewer, IssueViewer.issue_id == Issue.id)
        self.ids = {row.number: row.id for row in rows.filter(IssueViewer.company_id == person.company_id)}
        self.view = save_view(person, "Tried", "")
        db.session.commit()

    def is_new(self, text: str) -> bool:
        """No query that was asked has the statements of this one."""
        plan = search(self.person, text, self.engine).plan
        shapes = tuple(shaped(plan.tier(number)).shape for number in range(len(plan.tiers)))
        known = shapes in self.shapes
        self.shapes.add(shapes)
        return not known

    def refusal(self, text: str) -> QueryError | None:
        """Why the query is not understood, if it is not."""
        try:
            search(self.person, text, self.engine)
        except QueryError as refused:
            return refused
        return None

    def asked(self, text: str) -> set[int]:
        """What the list shows first, and all other statements find as well."""
        found = set(self._walked(text))
        searched = search(self.person, text, self.engine)
        assert facets_of(self.person, searched.plan, searched.engine).total == len(found), text
        numbers = numbers_found(self.person, searched.plan, searched.engine)
        assert set(numbers) == found, text
        ways_open(self.person, chosen(self.person, numbers))
        if is_watchable(self.person, text):
            self._watched(text, found)
        return found

    def in_every_order(self, text: str) -> set[int]:
        """The same, and in every order of the list, a page on and a page back."""
        found = self.asked(text)
        for order in ORDERS:
            self._turn_over(f"{text}{order}", len(found))
        return found

    def _walked(self, text: str) -> list[int]:
        """The numbers of all pages."""
        page = self._page(text)
        numbers = [row.number for row in page.rows]
        while page.older:
            page = self._page(text, after=page.older)
            numbers += [row.number for row in page.rows]
        assert len(numbers) == len(set(numbers)), text
        return numbers

    def _turn_over(self, text: str, most: int) -> None:
        first = self._page(text)
        assert len(first.rows) == min(most, issues.PAGE), text
        if first.older:
            second = self._page(text, after=first.older)
            assert len(second.rows) == min(most - issues.PAGE, issues.PAGE), text
            assert self._page(text, before=second.newer or "").rows == first.rows, text

    def _page(self, text: str, **key: str) -> IssuePage:
        return list_issues(self.person, search(self.person, text, self.engine).plan, self.engine, **key)

    def _watched(self, text: str, found: set[int]) -> None:
        self.view.query = text
        watched = Watched(ViewWatch(at=now()), self.view, self.person)
        ids = {self.ids[number] for number in found}
        assert how_many_found(self.person, text, 100) == len(found), text
        assert {row[2] for row in db.session.execute(all_found(watched))} == ids, text
        looked_at = {self.person.company_id: set(self.ids.values())}
        assert list(found_by_all([watched], looked_at).values()) == [ids], text


@pytest.fixture(params=["acme", "ercot"])
def reader(
    request: pytest.FixtureRequest,
    cast: Cast,
    scene: Mapping[str, Issue],
    engine: SearchBackend,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Reader]:
    """A company, and ERCOT; a page of theirs holds two issues."""
    monkeypatch.setattr(issues, "PAGE", 2)
    with time_machine.travel(TODAY, tick=False):
        yield Reader(getattr(cast, request.param), engine)


def samples(cast: Cast, scene: Mapping[str, Issue], reader: Reader) -> Samples:
    """What is named in the queries; the second number is one that Acme does not see."""
    group = cast.acme_desk.name
    if reader.person.company.is_operator:
        db.session.add(WorkGroup(company_id=reader.person.company_id, name=group))
        db.session.commit()
    return Samples(
        company="Bolt Power",
        duns=cast.duns("bolt"),
        person=reader.person.full_name,
        user_name=reader.person.user_name,
        group=group,
        numbers=(scene["swap"].number, scene["dispute"].number),
        esi_id=ESI_ID,
        tran_id="EVT-2026-000123",
    )


def test_every_query_in_every_statement(cast: Cast, scene: Mapping[str, Issue], reader: Reader) -> None:
    everything, is_open, number = reader.asked(""), reader.asked("status:open"), scene["reject"].number
    for text in queries_for(reader.person, samples(cast, scene, reader)):
        if not reader.is_new(text):
            continue
        found = reader.in_every_order(text)
        assert reader.asked(f"-{text}") == everything - found, text
        assert reader.asked(f"{text} OR id:{number}") == found | {number}, text
        assert reader.asked(f"status:open -({text} OR is:ended)") == is_open - found, text


def test_ready_made_views_can_be_asked(reader: Reader) -> None:
    for view in default_views_of(reader.person):
        reader.asked(view.query)


def test_what_is_offered_while_typing_can_be_asked(reader: Reader) -> None:
    for key in keys_for(operator=reader.person.company.is_operator):
        for typed in ("", "n", "@", "-"):
            for offer in completions_for(reader.person, f"{key.name}:{typed}"):
                if reader.is_new(f"{key.name}:{offer.text}"):
                    reader.asked(f"{key.name}:{offer.text}")


def test_what_is_odd_is_answered_or_refused_with_its_place(reader: Reader) -> None:
    for key in KEYS:
        for value in ODD:
            for text in (f"{key.name}:{value}", f"-({key.name}:{value})"):
                refused = reader.refusal(text)
                if refused:
                    assert 0 <= refused.start < refused.end <= len(text), text
                elif reader.is_new(text):
                    reader.asked(text)


def test_ties_with_issues_that_the_reader_does_not_see_are_none(
    cast: Cast, scene: Mapping[str, Issue], engine: SearchBackend
) -> None:
    names = {issue.number: name for name, issue in scene.items()}

    def found(person: Person, text: str) -> set[str]:
        return {names[row.number] for row in list_issues(person, search(person, text, engine).plan, engine).rows}

    everything = found(cast.acme, "")
    for text, own, all_of_them in (
        ("has:parent", {"papers"}, {"papers", "closed"}),
        ("has:child", {"swap"}, {"swap", "dispute"}),
        ("has:link", {"swap", "reject", "papers"}, {"swap", "reject", "papers", "closed", "dispute"}),
        (f"parent:{scene['dispute'].number}", set(), {"closed"}),
        (f"linked:{scene['dispute'].number}", set(), {"closed"}),
        (f"cause:{scene['dispute'].number}", set(), {"closed"}),
        (f"cause:{scene['papers'].number}", {"swap"}, {"swap"}),
    ):
        assert found(cast.acme, text) == own, text
        assert found(cast.acme, f"-{text}") == everything - own, text
        assert found(cast.ercot, text) == all_of_them, text


def test_a_new_key_without_its_condition_is_named_when_it_is_loaded() -> None:
    filer = Key(name="filer", kind=Kind.PERSON, help="Who filed it.", example="filer:@me", nobody="By a program")
    with pytest.raises(LookupError, match="there is nothing for filer, filer nobody"):
        complete("conditions of queries", (*CONDITIONS, *conditions_of(filer)), CONDITIONS)
