"""Saved views: who sees which, who may change them, pins, and what happens when their owner leaves."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from tests.cast import Cast
from tracker.actions.people import add_group, close_group, deactivate, reactivate, rename_group
from tracker.actions.views import (
    MOST_PINS,
    MOST_VIEWS,
    change,
    clear_home,
    copy_view,
    delete_view,
    pin,
    pin_default,
    rename,
    save_view,
    set_as_home,
    share,
    unpin,
)
from tracker.db import db
from tracker.domain.default_views import DEFAULT_VIEWS
from tracker.domain.permissions import Rank
from tracker.domain.roles import CompanyKind
from tracker.errors import Forbidden, Invalid, NotFound
from tracker.models import Person, SavedView, Scope, ViewPin
from tracker.queries.meaning import meaning_of
from tracker.queries.views import default_view_for, default_views_of, home_view, may_manage, pinned, view_for, views_of

OURS = "status:open turn:@mycompany sort:-changed"


def view(actor: Person, name: str = "Ours", scope: str = Scope.MINE, group_id: int | None = None) -> SavedView:
    return save_view(actor, name, OURS, ["number", "title"], scope=scope, group_id=group_id)


def names_seen(actor: Person) -> list[str]:
    return [row.view.name for section in views_of(actor) for row in section.rows]


def names_pinned(actor: Person) -> list[str]:
    return [each.view.name for each in pinned(actor)]


def test_view_keeps_what_was_given(cast: Cast) -> None:
    saved = view(cast.acme, "  Ours ")
    assert (saved.name, saved.query, saved.columns, saved.scope) == ("Ours", OURS, ["number", "title"], "mine")
    assert len(saved.public_id) == 24
    assert view_for(cast.acme, saved.public_id) is saved


def test_query_and_columns_may_be_nothing(cast: Cast) -> None:
    saved = save_view(cast.acme, "All", "")
    assert (saved.query, saved.columns) == ("", [])


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("name", {"name": ""}),
        ("name", {"name": "x" * 81}),
        ("name", {"name": "a\x00b"}),
        ("query", {"query": "x" * 257}),
        ("query", {"query": "\ud800"}),
        ("scope", {"scope": "everybody"}),
        ("scope", {"scope": ""}),
        ("scope", {"scope": "market"}),
        ("scope", {"scope": "group"}),
        ("scope", {"scope": "group", "group_id": 999_999}),
    ],
)
def test_reason_stands_at_its_field(cast: Cast, field: str, given: dict[str, object]) -> None:
    with pytest.raises(Invalid) as refusal:
        save_view(cast.acme, **{"name": "Ours", "query": OURS} | given)  # type: ignore[arg-type]
    assert list(refusal.value.errors) == [field]


def test_all_reasons_are_told_at_once(cast: Cast) -> None:
    with pytest.raises(Invalid) as refusal:
        save_view(cast.acme, "", "x" * 257, scope="market")
    assert set(refusal.value.errors) == {"name", "query", "scope"}


@pytest.mark.parametrize(
    ("scope", "who"),
    [
        (Scope.MINE, {"acme"}),
        (Scope.GROUP, {"acme", "acme_admin", "acme_reader"}),
        (Scope.COMPANY, {"acme", "acme_admin", "acme_reader"}),
    ],
)
def test_scope_decides_who_sees_a_view(cast: Cast, scope: str, who: set[str]) -> None:
    saved = view(cast.acme, "Canary", scope, cast.acme_desk.id)
    for name in ("acme", "acme_admin", "acme_reader", "bolt", "bolt_admin", "corp", "wires", "ercot", "ercot_admin"):
        person: Person = getattr(cast, name)
        assert ("Canary" in names_seen(person)) == (name in who), name
        if name not in who:
            with pytest.raises(NotFound) as foreign:
                view_for(person, saved.public_id)
            with pytest.raises(NotFound) as absent:
                view_for(person, "absent")
            assert str(foreign.value) == str(absent.value)


def test_everybody_sees_the_views_of_the_market_and_only_ercot_makes_them(cast: Cast) -> None:
    saved = view(cast.ercot, "Storm", Scope.MARKET)
    for person in (cast.acme_reader, cast.bolt, cast.wires, cast.ercot_admin):
        assert names_seen(person) == ["Storm"]
        assert view_for(person, saved.public_id) is saved
    for person in (cast.acme_admin, cast.wires, cast.bolt):
        with pytest.raises(Invalid):
            view(person, "Storm", Scope.MARKET)


def test_sections_stand_in_order_and_groups_under_their_names(cast: Cast) -> None:
    night = add_group(cast.acme_admin, cast.acme.company, {"name": "Night shift"})
    view(cast.ercot, "Storm", Scope.MARKET)
    view(cast.acme, "beta", Scope.COMPANY)
    view(cast.acme_admin, "Alpha", Scope.COMPANY)
    view(cast.acme, "Mine")
    view(cast.acme, "Switches", Scope.GROUP, cast.acme_desk.id)
    view(cast.acme, "Nights", Scope.GROUP, night.id)
    rename_group(cast.acme_admin, night, {"name": "A late shift"})
    assert [(s.scope, s.group, [row.view.name for row in s.rows]) for s in views_of(cast.acme)] == [
        ("mine", None, ["Mine"]),
        ("group", "A late shift", ["Nights"]),
        ("group", "Switching desk", ["Switches"]),
        ("company", None, ["Alpha", "beta"]),
        ("market", None, ["Storm"]),
    ]


def test_group_is_an_open_one_of_the_own_company(cast: Cast) -> None:
    with pytest.raises(Invalid):
        view(cast.bolt, "Theirs", Scope.GROUP, cast.acme_desk.id)
    close_group(cast.acme_admin, cast.acme_desk)
    with pytest.raises(Invalid):
        view(cast.acme, "Ours", Scope.GROUP, cast.acme_desk.id)


def test_view_of_a_group_that_closed_can_still_be_saved_as_it_is(cast: Cast) -> None:
    saved = view(cast.acme, "Ours", Scope.GROUP, cast.acme_desk.id)
    close_group(cast.acme_admin, cast.acme_desk)
    share(cast.acme, saved, Scope.GROUP, cast.acme_desk.id)
    assert names_seen(cast.acme_reader) == ["Ours"]


def test_reader_has_own_views_and_shares_none(cast: Cast) -> None:
    saved = view(cast.acme_reader)
    for scope in (Scope.GROUP, Scope.COMPANY, Scope.MARKET):
        with pytest.raises(Invalid):
            share(cast.acme_reader, saved, scope, cast.acme_desk.id)
    assert names_seen(cast.acme) == []


@pytest.mark.parametrize("scope", Scope)
def test_a_name_that_is_taken_is_told_as_it_is_written_there(cast: Cast, scope: Scope) -> None:
    """By what stands there, whoever's views have that name elsewhere."""
    by = cast.ercot_admin
    group = add_group(by, by.company, {"name": "Desk"})
    beside = group.id if scope is Scope.GROUP else None
    view(cast.acme, "LATE ones")
    view(by, "Late Ones", scope, beside)
    renamed = view(by, "Others", scope, beside)
    elsewhere = Scope.COMPANY if scope is Scope.MINE else Scope.MINE
    shown = view(by, "late ones", elsewhere)
    for act in (
        lambda: view(by, "late ones", scope, beside),
        lambda: rename(by, renamed, "late ones"),
        lambda: share(by, shown, scope, beside),
    ):
        with pytest.raises(Invalid) as refusal:
            act()
        assert "a view named Late Ones already" in refusal.value.errors["name"]


def test_owner_renames_changes_shares_and_deletes(cast: Cast) -> None:
    saved = view(cast.acme)
    rename(cast.acme, saved, "Theirs")
    change(cast.acme, saved, "turn:theirs", ["number"])
    share(cast.acme, saved, Scope.COMPANY)
    assert (saved.name, saved.query, saved.columns, saved.scope) == ("Theirs", "turn:theirs", ["number"], "company")
    assert saved.changed_at > saved.created_at
    delete_view(cast.acme, saved)
    assert names_seen(cast.acme) == []


def test_administrator_manages_what_the_own_company_shares(cast: Cast) -> None:
    saved = view(cast.acme, "Ours", Scope.COMPANY)
    rename(cast.acme_admin, saved, "Everybody's")
    change(cast.acme_admin, saved, "status:open", [])
    share(cast.acme_admin, saved, Scope.GROUP, cast.acme_desk.id)
    with pytest.raises(Invalid) as refusal:
        share(cast.acme_admin, saved, Scope.MINE)
    assert list(refusal.value.errors) == ["scope"]
    delete_view(cast.acme_admin, saved)
    assert names_seen(cast.acme) == []


def test_others_see_and_change_nothing(cast: Cast) -> None:
    ours, storm = view(cast.acme_admin, "Ours", Scope.COMPANY), view(cast.ercot, "Storm", Scope.MARKET)
    for person, saved in ((cast.acme, ours), (cast.acme_reader, ours), (cast.acme_admin, storm), (cast.wires, storm)):
        assert not may_manage(person, saved)
        with pytest.raises(Forbidden):
            rename(person, saved, "Hacked")
        with pytest.raises(Forbidden):
            change(person, saved, "", [])
        with pytest.raises(Forbidden):
            share(person, saved, Scope.COMPANY)
        with pytest.raises(Forbidden):
            delete_view(person, saved)
    assert may_manage(cast.ercot_admin, storm)
    assert names_seen(cast.acme) == ["Ours", "Storm"]


def test_copy_is_the_copiers_own(cast: Cast) -> None:
    storm = view(cast.ercot, "Storm", Scope.MARKET)
    copied = copy_view(cast.acme_reader, storm)
    assert (copied.name, copied.query, copied.columns) == ("Copy of Storm", storm.query, storm.columns)
    assert (copied.scope, copied.person_id, copied.company_id) == ("mine", cast.acme_reader.id, cast.acme.company_id)
    change(cast.acme_reader, copied, "status:closed", [])
    assert storm.query == OURS
    assert len(copy_view(cast.acme, view(cast.acme, "x" * 80)).name) == 80


def test_nobody_has_more_than_a_hundred(cast: Cast) -> None:
    views = [view(cast.acme, f"View {number}") for number in range(MOST_VIEWS)]
    with pytest.raises(Invalid, match="You have 100 views"):
        view(cast.acme)
    with pytest.raises(Invalid, match="You have 100 views"):
        copy_view(cast.acme, views[0])
    delete_view(cast.acme, views[0])
    view(cast.acme)
    view(cast.acme_admin)


def test_pins_stand_in_the_order_in_which_they_were_pinned(cast: Cast) -> None:
    first, second, third = (view(cast.acme, name) for name in ("C", "A", "B"))
    for each in (first, second, third, first):
        pin(cast.acme, each)
    assert names_pinned(cast.acme) == ["C", "A", "B"]
    unpin(cast.acme, first)
    pin(cast.acme, first)
    assert names_pinned(cast.acme) == ["A", "B", "C"]
    assert names_pinned(cast.acme_admin) == []


def test_home_page_takes_so_many_pins(cast: Cast) -> None:
    views = [view(cast.acme, f"View {number}") for number in range(MOST_PINS + 1)]
    for each in views[:-1]:
        pin(cast.acme, each)
    for attempt in (pin, set_as_home):
        with pytest.raises(Invalid, match="Unpin one"):
            attempt(cast.acme, views[-1])


def test_one_view_is_home(cast: Cast) -> None:
    first, second = view(cast.acme, "First"), view(cast.acme, "Second")
    set_as_home(cast.acme, first)
    set_as_home(cast.acme, second)
    set_as_home(cast.acme, second)
    assert home_view(cast.acme) is second
    assert names_pinned(cast.acme) == ["First", "Second"]
    clear_home(cast.acme)
    assert home_view(cast.acme) is None
    assert names_pinned(cast.acme) == ["First", "Second"]
    set_as_home(cast.acme, first)
    unpin(cast.acme, first)
    assert home_view(cast.acme) is None


def test_view_taken_back_leaves_the_home_pages_of_others(cast: Cast) -> None:
    saved = view(cast.acme, "Ours", Scope.COMPANY)
    set_as_home(cast.acme, saved)
    set_as_home(cast.acme_reader, saved)
    share(cast.acme, saved, Scope.MINE)
    assert (names_pinned(cast.acme_reader), home_view(cast.acme_reader)) == ([], None)
    assert home_view(cast.acme) is saved


def test_deleted_view_leaves_every_home_page(cast: Cast) -> None:
    saved = view(cast.acme, "Ours", Scope.COMPANY)
    set_as_home(cast.acme_reader, saved)
    pin(cast.acme_admin, saved)
    delete_view(cast.acme, saved)
    assert db.session.scalar(select(func.count()).select_from(ViewPin)) == 0
    assert home_view(cast.acme_reader) is None


def test_shared_views_go_to_the_longest_standing_administrator(cast: Cast) -> None:
    younger = Person(company_id=cast.acme.company_id, user_name="ada", full_name="Ada", email="a@b")
    younger.rank, younger.created_at = Rank.ADMINISTRATOR, datetime(2099, 1, 1, tzinfo=UTC)
    db.session.add(younger)
    shared = [view(cast.acme, "Ours", Scope.COMPANY), view(cast.acme, "Desk", Scope.GROUP, cast.acme_desk.id)]
    private = view(cast.acme, "Secret")
    deactivate(cast.acme_admin, cast.acme)
    assert [each.person_id for each in shared] == [cast.acme_admin.id] * 2
    assert private.person_id == cast.acme.id
    assert names_seen(cast.acme_admin) == ["Desk", "Ours"]
    reactivate(cast.acme_admin, cast.acme)
    assert names_seen(cast.acme) == ["Secret", "Desk", "Ours"]
    assert not may_manage(cast.acme, shared[0])


def test_market_views_stay_with_ercot(cast: Cast) -> None:
    storm = view(cast.ercot, "Storm", Scope.MARKET)
    deactivate(cast.ercot_admin, cast.ercot)
    assert storm.person_id == cast.ercot_admin.id
    assert names_seen(cast.bolt) == ["Storm"]


def test_shared_views_without_an_heir_wait_for_the_next_administrator(cast: Cast) -> None:
    saved = view(cast.acme_admin, "Ours", Scope.COMPANY)
    deactivate(cast.ercot_admin, cast.acme_admin)
    assert saved.person_id == cast.acme_admin.id
    assert view_for(cast.acme, saved.public_id) is saved
    assert not may_manage(cast.acme, saved)
    cast.acme.rank = Rank.ADMINISTRATOR
    rename(cast.acme, saved, "Still ours")
    assert names_seen(cast.acme_reader) == ["Still ours"]


def test_each_kind_of_company_has_its_own_default_views(cast: Cast) -> None:
    for person, kind in ((cast.acme, CompanyKind.CR), (cast.wires, CompanyKind.TDSP), (cast.ercot, CompanyKind.ERCOT)):
        assert default_views_of(person) == DEFAULT_VIEWS[kind]
    with pytest.raises(NotFound):
        default_view_for(cast.acme, "dev-lse")
    assert names_seen(cast.acme) == []


def test_pinned_default_is_one_own_copy(cast: Cast) -> None:
    waiting = default_view_for(cast.wires, "waiting")
    for _ in range(2):
        pin_default(cast.wires, waiting)
    assert names_pinned(cast.wires) == names_seen(cast.wires) == [waiting.name]
    assert pinned(cast.wires)[0].view.columns == list(waiting.columns)
    assert names_seen(cast.oncor) == []


@pytest.mark.parametrize("who", ["acme", "wires", "ercot"])
def test_default_views_mean_something_and_can_be_copied(cast: Cast, who: str) -> None:
    person: Person = getattr(cast, who)
    views = default_views_of(person)
    assert len({each.key for each in views}) == len({each.name for each in views}) == len(views)
    for each in views:
        assert meaning_of(person, each.query).tree
        assert copy_view(person, each).name == each.name
