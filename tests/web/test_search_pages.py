"""The pages of the search: hits with their words marked, counts, suggestions, and what stands in without an index."""

import re
import shutil
from collections.abc import Callable, Mapping

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.cast import Cast
from tests.make import index_now, press
from tests.search.scene import ONCOR_ESI, make_scene
from tracker.actions.views import save_view
from tracker.db import db
from tracker.models import Issue, Person, Scope
from tracker.search import Document, SearchBackend
from tracker.search.whoosh_backend import WhooshBackend
from tracker.search.words import words_of
from tracker.web.metrics import FOREIGN_HITS


@pytest.fixture
def scene(cast: Cast, engine: SearchBackend) -> Mapping[str, Issue]:
    issues = make_scene(cast)
    index_now(engine)
    return issues


@pytest.fixture
def ann(cast: Cast, client_of: Callable[[Person | None], FlaskClient]) -> FlaskClient:
    return client_of(cast.acme)


def suggested(client: FlaskClient, typed: str) -> list[tuple[str, str]]:
    """What the jump box offers: (group, text)."""
    lines = client.get("/suggest", query_string={"q": typed}).json
    assert lines is not None
    return [(line["group"], line["text"]) for line in lines]


def answer(client: FlaskClient, page: str, typed: str) -> str:
    """What a page says of the issues, without what was typed; the guide's words and the form's token differ."""
    found = client.get(page.format(typed)).text.split('<div class="found">')[-1].replace(typed, "…")
    return re.sub(
        r'\s*<p class="guide-hit">.*?</p>|name="csrf_token"[^>]*>|\{[^{}]*"group": ?"Guide"[^{}]*\}', "", found
    )


def test_a_hit_says_where_it_matched(scene: Mapping[str, Issue], ann: FlaskClient) -> None:
    page = ann.get("/issues?q=swaps").text
    assert "Comment by Ann, Acme Energy" in page
    assert "The meter was <mark>swapped</mark> by mistake" in page
    assert "Inside statement.txt" in page
    assert "asked for a meter <mark>swap</mark>." in page


def test_marked_text_is_escaped(
    cast: Cast, scene: Mapping[str, Issue], ann: FlaskClient, engine: SearchBackend
) -> None:
    press(cast.acme, scene["swap"], "add-comment", "<script>alert('quokka')</script>")
    index_now(engine)
    page = ann.get("/issues?q=quokka").text
    assert "<mark>quokka</mark>" in page
    assert "<script>alert" not in page


def test_counts_stand_beside_the_list_and_narrow_it(scene: Mapping[str, Issue], ann: FlaskClient) -> None:
    counts = ann.get("/issues/facets?q=", headers={"HX-Request": "true"}).text
    assert ">4 issues<" in counts
    assert "/issues?q=status:ended" not in counts
    assert "/issues?q=status:Withdrawn" in counts
    assert "/issues?q=subtype:rep-of-record" in counts
    assert "Corp" not in counts
    whole = ann.get("/issues/facets?q=meter").text  # without a script it is a page of its own
    assert "<html" in whole
    assert ">2 issues<" in whole


def test_a_filter_writes_the_query_and_the_query_fills_the_filter(scene: Mapping[str, Issue], ann: FlaskClient) -> None:
    form = {
        "q": "meter status:closed",
        "status": "open",
        "company": "bolt-power",
        "role": "assignee",
        "standing": "theirs",
    }
    location = ann.get("/issues/narrow", query_string=form).location
    assert location == "/issues?q=meter+status:open+is:theirs+assignee:bolt-power&open=filters"
    page = ann.get(location).text
    assert '<option value="open" selected>' in page
    assert '<option value="bolt-power" selected>' in page
    assert '<option value="assignee" selected>' in page
    assert str(scene["swap"].number) in page
    cleared = ann.get("/issues/narrow", query_string={"q": "meter status:open assignee:bolt is:theirs"}).location
    assert cleared == "/issues?q=meter&open=filters"


def test_suggestions_come_in_groups_and_lead_somewhere(
    cast: Cast, scene: Mapping[str, Issue], ann: FlaskClient
) -> None:
    save_view(cast.acme, "Oncor, open", "party:oncor status:open", [], scope=Scope.MINE)
    db.session.commit()
    number = str(scene["reject"].number)
    assert ("Issues", number) in suggested(ann, number[:5])
    assert suggested(ann, ONCOR_ESI[:9]) == [("ESI IDs", ONCOR_ESI)]
    assert suggested(ann, "evt-2026") == [("Tran ids", "EVT2026000123")]
    assert suggested(ann, "000123") == [("Tran ids", "EVT2026000123")]
    found = suggested(ann, "onc")
    assert ("Companies", "Oncor Delivery") in found
    assert ("Views", "Oncor, open") in found
    assert ("Guide", "Switch holds") in suggested(ann, "switch hold")
    assert suggested(ann, "o") == []
    assert all(len(suggested(ann, typed)) <= 8 for typed in ("26", "10", "the", "issue"))


def test_the_query_line_offers_keys_and_values(cast: Cast, scene: object, ann: FlaskClient) -> None:
    def offered(typed: str) -> list[tuple[str, int]]:
        answer = ann.get("/suggest/query", query_string={"q": typed, "whole": typed}).json
        assert answer is not None
        return [(line["text"], line["start"]) for line in answer["offers"]]

    assert offered("meter sta") == [("state:", 6), ("status:", 6)]
    assert offered("status:o") == [("open", 7)]
    assert offered('state:"in pro')[0] == ('"In Progress"', 6)
    assert offered("status:new,en") == [("ended", 11)]
    assert ("@mycompany", 5) in offered("turn:")
    assert offered("owner:") == [("@me", 6), ("nobody", 6), ("adam", 6), ("ann", 6), ("rita", 6)]
    assert ('"Switching desk"', 6) in offered("group:")
    assert offered("viewer:") == []
    assert offered("view") == []
    wrong = ann.get("/suggest/query", query_string={"q": "x", "whole": "meter statsu:new x"}).json
    assert wrong is not None
    assert (wrong["wrong"]["start"], wrong["wrong"]["end"]) == (6, 12)


def test_nothing_is_learned_of_what_acme_may_not_see(scene: Mapping[str, Issue], ann: FlaskClient) -> None:
    """An oracle: every beginning of a canary is answered as a beginning of nothing is (security.md S3)."""
    own = [issue.number for name, issue in scene.items() if name not in ("foreign", "dispute")]
    canaries = [("zanzibar", "qanzibar"), ("424242", "535353"), (str(scene["foreign"].number), "27999999")]
    for canary, nothing in canaries:
        for length in range(2, len(canary) + 1):
            for page in ("/issues?q={}", "/issues?q={}*", "/issues/facets?q={}", "/suggest?q={}"):
                if "*" in page and length < 3:
                    continue
                begun = canary[:length], nothing[:length]
                if any(str(number)[cut:].startswith(begun) for number in own for cut in (0, -6)):
                    continue  # an own number is found by its beginning, and by that of its last six digits
                real, empty = (answer(ann, page, word) for word in begun)
                assert real == empty, (page, canary[:length])


def test_without_an_index_titles_are_searched_and_the_page_says_so(
    app: Flask, cast: Cast, scene: Mapping[str, Issue], ann: FlaskClient, engine: SearchBackend
) -> None:
    if not isinstance(engine, WhooshBackend):
        pytest.skip("PostgreSQL's index is part of the database.")
    assert engine.served.name.startswith("index-")
    shutil.rmtree(engine.served)
    page = ann.get("/issues?q=record").text
    assert "words are looked for in titles only" in page
    assert str(scene["swap"].number) in page
    assert str(scene["reject"].number) not in page
    assert str(scene["reject"].number) in ann.get("/issues?q=EVT-2026-000123").text  # identifiers need no index
    assert str(scene["swap"].number) not in ann.get("/issues?q=-record").text
    assert str(scene["swap"].number) in ann.get("/issues?q=record+OR+nonsense").text
    assert ann.get("/issues?q=status:open").text.count("looked for in titles") == 0
    ready = ann.get("/readyz").json
    assert ready is not None
    assert ready["notes"]["search"] == "the index is being made; titles are searched"


def test_the_worker_makes_a_lost_index_anew(
    app: Flask, cast: Cast, scene: Mapping[str, Issue], ann: FlaskClient, engine: SearchBackend, tmp_path: object
) -> None:
    if not isinstance(engine, WhooshBackend):
        pytest.skip("PostgreSQL's index is part of the database.")
    from pathlib import Path

    from tracker import worker
    from tracker.jobs.tools import Tools

    next(iter(engine.served.glob("*.seg"))).unlink()
    assert "in titles only" in ann.get("/issues?q=mistake").text
    press(cast.acme, scene["swap"], "add-comment", "Said while there was no index: quagga.")
    tools = Tools(Path(str(tmp_path)), engine)
    while worker.build_once(tools) or worker.work_once(tools):
        pass
    page = ann.get("/issues?q=quagga").text
    assert "in titles only" not in page
    assert str(scene["swap"].number) in page


def test_a_planted_hit_is_not_shown_but_counted(
    cast: Cast, scene: Mapping[str, Issue], ann: FlaskClient, engine: SearchBackend
) -> None:
    before = FOREIGN_HITS._value.get()
    marks = (f"viewer={cast.acme.company_id}",)
    engine.put([Document(scene["foreign"].id, words_of(["planted"]), {}, {}, marks)])
    db.session.commit()
    assert str(scene["foreign"].number) not in ann.get("/issues?q=planted").text
    assert ">0 issues<" in ann.get("/issues/facets?q=planted").text
    assert FOREIGN_HITS._value.get() == before + 1


def test_metrics_are_for_whoever_has_the_token(app: Flask, client_of: Callable[..., FlaskClient], cast: Cast) -> None:
    from dataclasses import replace

    client = client_of(None)
    assert client.get("/metrics").status_code == 404
    settings = app.config["TRACKER"]
    app.config["TRACKER"] = replace(settings, metrics_token="a-token-of-the-operator")
    try:
        assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
        answer = client.get("/metrics", headers={"Authorization": "Bearer a-token-of-the-operator"})
        assert "tracker_search_foreign_hits_total" in answer.text
    finally:
        app.config["TRACKER"] = settings


def test_a_saved_view_opens_under_its_name(cast: Cast, scene: Mapping[str, Issue], ann: FlaskClient) -> None:
    view = save_view(cast.acme, "Ours with Oncor", "party:oncor", [], scope=Scope.MINE)
    db.session.commit()
    page = ann.get(f"/issues?q=party:oncor&view={view.public_id}").text
    assert "<h1>Ours with Oncor</h1>" in page
    assert str(scene["reject"].number) in page
