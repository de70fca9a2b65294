"""The pages of saved views: all of them, the form of one, the presses beside each, pins at home, and signing in."""

import html
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask, g
from sqlalchemy import func, select

from tests.cast import Cast
from tests.visitor import Visitor, give_password, reasons, signed_in, without_token
from tests.web.test_statements import counted
from tracker.actions.views import MOST_VIEWS, pin, save_view, set_as_home, share
from tracker.db import db
from tracker.domain.default_views import DEFAULT_VIEWS
from tracker.models import Company, Person, SavedView, Scope
from tracker.queries.views import default_views_of, home_view, pinned
from tracker.web.access import Access, policy_of
from tracker.web.columns import COLUMNS
from tracker.web.views import address_of, save_form

OURS = "status:open turn:@mycompany sort:-changed"
CANARY = "Zqxyword hunts Bolt"


@pytest.fixture
def ann(app: Flask, cast: Cast) -> Visitor:
    """Ann of Acme."""
    return signed_in(app, cast.acme)


def view(actor: Person, name: str = "Ours", scope: str = Scope.MINE, group_id: int | None = None) -> SavedView:
    saved = save_view(actor, name, OURS, ["number", "title"], scope=scope, group_id=group_id)
    db.session.commit()
    return saved


def only_view() -> SavedView:
    return db.session.scalars(select(SavedView)).one()


def addresses_of(app: Flask, public_id: str) -> list[tuple[str, str]]:
    """Every address of one view, with its method."""
    with app.test_request_context():
        bound = app.url_map.bind("localhost")
        return [
            (method, bound.build(rule.endpoint, {"public_id": public_id}, method))
            for rule in app.url_map.iter_rules()
            if rule.endpoint.startswith("views.") and rule.arguments == {"public_id"}
            for method in sorted((rule.methods or set()) & {"GET", "POST"})
        ]


def sections(page: str) -> list[str]:
    return re.findall(r'<h2 id="[^"]*">([^<]*)</h2>', page.split("<main")[1].split("</main>")[0])


def test_address_holds_query_columns_and_view(cast: Cast) -> None:
    saved = view(cast.acme)
    parts = urlsplit(address_of(saved))
    assert parts.path == "/issues"
    assert parse_qs(parts.query) == {"q": [OURS], "column": ["number", "title"], "view": [saved.public_id]}
    default = default_views_of(cast.acme)[0]
    assert parse_qs(urlsplit(address_of(default)).query)["q"] == [default.query]
    assert "view=" not in address_of(default)


def test_columns_of_default_views_are_those_of_the_list() -> None:
    assert {column for views in DEFAULT_VIEWS.values() for each in views for column in each.columns} <= COLUMNS.keys()


def test_saved_view_leads_to_its_list(ann: Visitor) -> None:
    ann.get("/views/new?query=status:open&columns=title&columns=nonsense")
    answer = ann.post("/views/new", name="Ours", scope="mine", query=OURS, columns=["title", "number", "nonsense"])
    saved = only_view()
    assert answer.location == address_of(saved)
    assert (saved.name, saved.query, saved.columns, saved.scope) == ("Ours", OURS, ["title", "number"], "mine")
    assert "Ours" in ann.get("/views").text


def test_form_takes_its_list_from_the_address(ann: Visitor) -> None:
    page = ann.get("/views/new?query=status:open&columns=title&columns=nonsense").text
    assert 'value="status:open"' in page
    assert page.count(" checked") == 1
    assert "nonsense" not in page


def test_small_form_saves_what_is_shown(app: Flask, cast: Cast, ann: Visitor) -> None:
    with app.test_request_context():
        g._login_user = cast.acme
        save = save_form('status:open "x"', ["title", "number", "nonsense"])
        form = app.jinja_env.get_template("views/_save.html").render(save=save, csrf_token=lambda: "token")
    assert html.unescape(re.findall(r'name="query" value="([^"]*)"', form)[0]) == 'status:open "x"'
    assert re.findall(r'name="columns" value="([^"]*)"', form) == ["title", "number"]
    assert re.findall(r'<option[^>]*value="([^"]*)"', form) == ["mine", f"group:{cast.acme_desk.public_id}", "company"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": ""}, "Name is needed."),
        ({"name": "x" * 81}, "Name takes at most 80 characters; this has 81."),
        ({"query": "x" * 257}, "Query takes at most 256 characters; this has 257."),
        ({"scope": "market"}, "You cannot show a view to them. Pick one of those listed."),
        ({"scope": "group:99999999999999999999"}, "Acme Energy has no such group that is open."),
        ({"scope": "group:²"}, "Acme Energy has no such group that is open."),
    ],
)
def test_refused_view_says_why_and_keeps_what_was_typed(ann: Visitor, fields: dict[str, str], said: str) -> None:
    ann.get("/views/new")
    given: dict[str, Any] = {"name": "Ours", "scope": "company", "query": OURS} | fields
    answer = ann.post("/views/new", **given, columns=["title"])
    assert answer.status_code == 422
    assert [reason for reason in reasons(answer) if said in reason]
    for name in ("name", "query"):
        assert f'value="{given[name]}"' in answer.text
    assert answer.text.count(" checked") == 1
    assert db.session.scalar(select(func.count()).select_from(SavedView)) == 0


def test_hundred_and_first_view_is_refused_and_kept(cast: Cast, ann: Visitor) -> None:
    for number in range(MOST_VIEWS):
        save_view(cast.acme, f"View {number}", "")
    db.session.commit()
    ann.get("/views/new")
    answer = ann.post("/views/new", name="One more", scope="mine", query=OURS)
    assert answer.status_code == 422
    assert "You have 100 views" in answer.text
    assert 'value="One more"' in answer.text
    copied = ann.post("/views/default/waiting/copy")
    assert (copied.status_code, "You have 100 views" in copied.text) == (422, True)


def test_page_groups_what_the_reader_sees(app: Flask, cast: Cast, ann: Visitor) -> None:
    assert sections(ann.get("/views").text) == ["Mine", "Ready-made"]
    view(cast.ercot, "Storm", Scope.MARKET)
    view(cast.acme, "Secret")
    view(cast.acme_admin, "For all", Scope.COMPANY)
    view(cast.acme, "Switches", Scope.GROUP, cast.acme_desk.id)
    assert sections(ann.get("/views").text) == [
        "Mine",
        "Switching desk",
        "Acme Energy",
        "The whole market",
        "Ready-made",
    ]
    assert sections(signed_in(app, cast.bolt).get("/views").text) == ["Mine", "The whole market", "Ready-made"]


@pytest.mark.usefixtures("stopped")
def test_page_asks_no_more_for_more_views(cast: Cast, ann: Visitor) -> None:
    for number in range(2):
        pin(cast.acme, view(cast.acme, f"Ours {number}", Scope.COMPANY))
    with counted() as few:
        ann.get("/views")
    for number in range(2, 9):
        pin(cast.acme, view(cast.acme, f"Ours {number}", Scope.COMPANY))
    with counted() as many:
        ann.get("/views")
    assert len(many) == len(few) <= 5, "\n".join(many)


def test_only_who_may_change_a_view_gets_its_form(app: Flask, cast: Cast, ann: Visitor) -> None:
    saved = view(cast.acme, "Ours", Scope.COMPANY)
    address = f"/views/{saved.public_id}"
    for person, status in ((cast.acme, 200), (cast.acme_admin, 200), (cast.acme_reader, 403)):
        visitor = signed_in(app, person)
        assert (f'href="{address}"' in visitor.get("/views").text) == (status == 200)
        assert visitor.get(address).status_code == status
        answer = visitor.post(address, name=person.full_name, scope="company", query="")
        assert answer.status_code == (302 if status == 200 else 403)
    assert only_view().name == "Adam"


def test_view_is_renamed_changed_and_shared_in_one_form(cast: Cast, ann: Visitor) -> None:
    saved = view(cast.acme)
    address = f"/views/{saved.public_id}"
    page = ann.get(address).text
    assert '<option selected value="mine">Only me</option>' in page
    assert page.count(" checked") == 2
    fields: dict[str, Any] = {
        "name": "Everybody",
        "scope": f"group:{cast.acme_desk.public_id}",
        "query": "status:closed",
    }
    assert ann.post(address, **fields, columns=[]).location == "/views"
    assert (saved.name, saved.scope, saved.group_id) == ("Everybody", "group", cast.acme_desk.id)
    assert (saved.query, saved.columns) == ("status:closed", [])
    assert f'<option selected value="group:{cast.acme_desk.public_id}">' in ann.get(address).text


def test_refused_change_leaves_the_view_as_it_was(cast: Cast, ann: Visitor) -> None:
    saved = view(cast.acme)
    ann.get("/views")
    answer = ann.post(f"/views/{saved.public_id}", name="Other", scope="market", query="status:closed")
    assert answer.status_code == 422
    assert 'value="Other"' in answer.text
    assert (saved.name, saved.query) == ("Ours", OURS)


def test_administrator_is_not_offered_to_take_a_view_for_its_owner(app: Flask, cast: Cast) -> None:
    saved = view(cast.acme, "Ours", Scope.COMPANY)
    admin = signed_in(app, cast.acme_admin)
    page = admin.get(f"/views/{saved.public_id}").text
    assert 'value="company"' in page
    assert "Only me" not in page
    assert admin.post(f"/views/{saved.public_id}", name="Ours", scope="mine", query=OURS).status_code == 422


def test_only_ercot_is_offered_the_market(app: Flask, cast: Cast, ann: Visitor) -> None:
    assert "The whole market" not in ann.get("/views/new").text
    ercot = signed_in(app, cast.ercot)
    assert "The whole market" in ercot.get("/views/new").text
    assert ercot.post("/views/new", name="Storm", scope="market", query="").status_code == 302
    assert "Storm" in ann.get("/views").text


def test_list_can_be_put_into_a_view_that_there_is(cast: Cast, ann: Visitor) -> None:
    saved = view(cast.acme, "Ours", Scope.COMPANY)
    ann.get("/views")
    answer = ann.post(f"/views/{saved.public_id}/list", query="status:closed", columns=["title", "bent"])
    assert answer.location == address_of(saved)
    assert (saved.name, saved.scope, saved.query, saved.columns) == ("Ours", "company", "status:closed", ["title"])


def test_copy_opens_for_its_new_owner(app: Flask, cast: Cast) -> None:
    view(cast.ercot, "Storm", Scope.MARKET)
    reader = signed_in(app, cast.acme_reader)
    reader.get("/views")
    copied = reader.post(f"/views/{only_view().public_id}/copy")
    assert 'value="Copy of Storm"' in reader.get(copied.location).text
    copied = reader.post("/views/default/waiting/copy")
    assert 'value="Waiting on us, oldest first"' in reader.get(copied.location).text


def test_deleted_view_is_gone(cast: Cast, ann: Visitor) -> None:
    address = f"/views/{view(cast.acme).public_id}"
    ann.get(address)
    assert ann.post(f"{address}/delete").location == "/views"
    assert ann.get(address).status_code == 404


@pytest.mark.parametrize("scope", [Scope.MINE, Scope.GROUP, Scope.COMPANY])
def test_foreign_and_absent_views_are_one_answer(app: Flask, cast: Cast, scope: str) -> None:
    saved = view(cast.acme, CANARY, scope, cast.acme_desk.id)
    for person in (cast.bolt_admin, cast.wires, cast.ercot_admin):
        visitor = signed_in(app, person)
        pairs = zip(addresses_of(app, saved.public_id), addresses_of(app, "absent"), strict=True)
        for (method, foreign), (_, absent) in pairs:
            answers = [getattr(visitor, method.lower())(address) for address in (foreign, absent)]
            assert [answer.status_code for answer in answers] == [404, 404], foreign
            assert without_token(answers[0]) == without_token(answers[1]), foreign
            assert CANARY not in answers[0].text
    assert only_view().name == CANARY


def test_private_view_is_foreign_to_the_own_company_too(app: Flask, cast: Cast) -> None:
    saved = view(cast.acme, CANARY)
    admin = signed_in(app, cast.acme_admin)
    for method, address in addresses_of(app, saved.public_id):
        assert getattr(admin, method.lower())(address).status_code == 404, address
    assert CANARY not in admin.get("/views").text


def test_default_views_of_another_kind_are_absent(ann: Visitor) -> None:
    ann.get("/views")
    for press in ("copy", "pin"):
        answers = [ann.post(f"/views/default/{key}/{press}") for key in ("dev-lse", "nothing")]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert without_token(answers[0]) == without_token(answers[1])


def test_name_of_a_view_is_on_no_page_of_another_company(app: Flask, cast: Cast) -> None:
    for scope in (Scope.MINE, Scope.GROUP, Scope.COMPANY):
        saved = view(cast.acme, f"{CANARY} {scope}", scope, cast.acme_desk.id)
        for person in (cast.bolt, cast.ercot_admin):  # as if they had pinned it while they could see it
            set_as_home(person, saved)
        set_as_home(cast.acme, saved)
    db.session.commit()
    pages = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments and policy_of(app, rule.endpoint) is not None
    ]
    assert {"/", "/views", "/issues", "/people"} <= set(pages)
    for person in (cast.bolt, cast.bolt_admin, cast.wires, cast.ercot_admin):
        visitor = signed_in(app, person)
        for page in (*pages, "/issues?q=Zqxyword", "/jump?q=Zqxyword", f"/issues?view={saved.public_id}"):
            assert "hunts Bolt" not in visitor.get(page).text, f"{person.user_name} {page}"
    assert "hunts Bolt" in signed_in(app, cast.acme_reader).get("/views").text


def test_pins_are_links_on_the_home_page_in_their_order(cast: Cast, ann: Visitor) -> None:
    first, second = view(cast.acme, "Z first"), view(cast.acme, "A second")
    ann.get("/views")
    for saved in (first, second):
        assert ann.post(f"/views/{saved.public_id}/pin").location == "/views"
    page = ann.get("/").text
    assert page.index(">Z first</a>") < page.index(">A second</a>")
    assert html.escape(address_of(first)) in page
    ann.post(f"/views/{first.public_id}/unpin")
    assert address_of(first) not in html.unescape(ann.get("/").text)
    assert [each.view.name for each in pinned(cast.acme)] == ["A second"]


def test_pinned_default_is_an_own_view_at_home(cast: Cast, ann: Visitor) -> None:
    ann.get("/views")
    ann.post("/views/default/waiting/pin")
    assert ">Waiting on us, oldest first</a>" in ann.get("/").text
    assert only_view().person_id == cast.acme.id


def test_home_view_stands_first_and_home_stays_home(cast: Cast, ann: Visitor) -> None:
    pin(cast.acme, view(cast.acme, "Other"))
    saved = view(cast.acme, "Ours")
    ann.get("/views")
    assert ann.post(f"/views/{saved.public_id}/home").location == "/views"
    assert ">No longer home<" in ann.get("/views").text
    page = ann.get("/")
    assert page.status_code == 200
    assert page.text.index(">Open Ours</a>") < page.text.index(">Other</a>")
    ann.post("/views/home/clear")
    assert home_view(cast.acme) is None
    assert ">Ours</a>" in ann.get("/").text


def test_signing_in_leads_to_the_view_chosen_as_home(app: Flask, cast: Cast) -> None:
    saved = view(cast.acme)
    set_as_home(cast.acme, saved)
    give_password(cast.acme)
    home = address_of(saved)
    assert Visitor(app).sign_in(cast.acme).location == home
    asked = Visitor(app).get("/").location
    assert asked == "/sign-in?next=/"
    assert Visitor(app).sign_in(cast.acme, path=asked).location == home
    assert Visitor(app).sign_in(cast.acme, path="/sign-in?next=//evil.example").location == home
    assert Visitor(app).sign_in(cast.acme, path="/sign-in?next=/account").location == "/account"


def test_home_view_that_was_taken_back_leads_nobody_anywhere(app: Flask, cast: Cast) -> None:
    saved = view(cast.acme, CANARY, Scope.COMPANY)
    set_as_home(cast.acme_reader, saved)
    share(cast.acme, saved, Scope.MINE)
    give_password(cast.acme_reader)
    visitor = Visitor(app)
    assert visitor.sign_in(cast.acme_reader).location == "/"
    assert CANARY not in visitor.get("/").text


def test_views_of_somebody_who_left_are_the_administrators(app: Flask, cast: Cast) -> None:
    saved = view(cast.acme, "Ours", Scope.COMPANY)
    secret = view(cast.acme, CANARY)
    admin = signed_in(app, cast.acme_admin)
    admin.get("/people/person/ann")
    assert admin.post("/people/person/ann/deactivate").status_code == 302
    page = admin.get("/views").text
    assert "Ours" in page
    assert CANARY not in page
    assert admin.get(f"/views/{saved.public_id}").status_code == 200
    assert admin.get(f"/views/{secret.public_id}").status_code == 404
    assert saved.person_id == cast.acme_admin.id


def test_forms_without_their_token_change_nothing(app: Flask, cast: Cast, ann: Visitor) -> None:
    saved = view(cast.acme)
    ann.token = "nonsense"
    posts = [address for method, address in addresses_of(app, saved.public_id) if method == "POST"]
    for address in (*posts, "/views/new", "/views/home/clear", "/views/default/waiting/pin"):
        assert ann.post(address, name="Hacked", scope="mine").status_code == 400, address
    assert only_view().name == "Ours"
    assert pinned(cast.acme) == []


def test_every_page_of_views_is_for_who_is_signed_in(migrated: Flask) -> None:
    endpoints = [rule.endpoint for rule in migrated.url_map.iter_rules() if rule.endpoint.startswith("views.")]
    assert {policy_of(migrated, endpoint) for endpoint in endpoints} == {Access.SIGNED_IN}


def test_names_are_text_and_never_markup(cast: Cast, ann: Visitor) -> None:
    saved = view(cast.acme, '<b>Ours</b> & "yours"')
    set_as_home(cast.acme, saved)
    for page in ("/", "/views", f"/views/{saved.public_id}"):
        assert "<b>Ours" not in ann.get(page).text


def test_company_without_views_of_its_own_kind_is_no_crash(app: Flask, cast: Cast) -> None:
    kinds = {company.kind for company in db.session.scalars(select(Company))}
    assert kinds == set(DEFAULT_VIEWS)
    for person in (cast.acme, cast.wires, cast.ercot):
        assert default_views_of(person)[0].name in signed_in(app, person).get("/views").text


def test_a_view_is_watched_and_not(ann: Visitor, cast: Cast) -> None:
    here = f"/views/{view(cast.acme).public_id}"
    words = save_view(cast.acme, "Words", "lost customer")
    db.session.commit()
    page = ann.get("/views").text
    assert f"{here}/watch" in page
    assert f"/views/{words.public_id}/watch" not in page
    assert ann.post(f"{here}/watch").location == "/views"
    page = ann.get("/views").text
    assert "You are told of every issue that comes into Ours" in page
    assert f"{here}/unwatch" in page
    assert ann.post(f"{here}/unwatch").location == "/views"
    assert "You no longer watch Ours." in ann.get("/views").text
