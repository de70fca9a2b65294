"""Contacts of a company, what people get by e-mail, and what /readyz says of mail."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.cast import Cast
from tracker.clock import now
from tracker.db import db
from tracker.domain import catalogue
from tracker.domain.mail_rules import PURPOSES
from tracker.models import Contact, Mail, Person

Clients = Callable[[Person | None], FlaskClient]


@pytest.fixture(autouse=True)
def without_tokens(app: Flask) -> Iterator[None]:
    """Forms are posted without a token here; that they need one is tested elsewhere."""
    app.config["WTF_CSRF_ENABLED"] = False
    yield
    app.config["WTF_CSRF_ENABLED"] = True


def test_an_administrator_keeps_the_addresses(cast: Cast, client_of: Clients) -> None:
    client = client_of(cast.acme_admin)
    form = {"purpose": "new", "subtype": "", "address": "desk@acme.example"}
    assert client.post("/contacts", data=form).status_code == 302
    assert "51 of 51" in client.get("/contacts").text
    again = client.post("/contacts", data=form)
    assert (again.status_code, "This address is there already" in again.text) == (422, True)
    assert 'value="desk@acme.example"' in again.text
    (row,) = db.session.scalars(select(Contact)).all()
    assert row.company_id == cast.acme.company_id
    client_of(cast.bolt_admin).post(f"/contacts/{row.public_id}/remove")
    assert "desk@acme.example" not in client_of(cast.bolt_admin).get("/contacts").text
    assert "desk@acme.example" in client.get("/contacts").text
    client.post(f"/contacts/{row.public_id}/remove")
    assert db.session.scalars(select(Contact)).all() == []


def test_one_mailbox_is_added_for_several_purposes_at_once(cast: Cast, client_of: Clients) -> None:
    client = client_of(cast.acme_admin)
    form = {"subtype": "other", "address": "desk@acme.example"}
    client.post("/contacts", data={**form, "purpose": "new"})
    assert client.post("/contacts", data={**form, "purpose": ["new", "answered", "escalated"]}).status_code == 302
    rows = db.session.scalars(select(Contact).order_by(Contact.id)).all()
    assert [(row.subtype, row.purpose) for row in rows] == [(form["subtype"], purpose) for purpose in PURPOSES]
    refused = client.post("/contacts", data={**form, "purpose": ["answered", "answered"]})
    assert refused.status_code == 422
    assert re.findall(r"checked [^>]*value=\"(\w+)\"", refused.text) == ["answered"]


@pytest.mark.parametrize("address", ["/contacts", "/group-rules"])
def test_subtypes_are_offered_by_their_names_in_the_order_of_the_menu(
    cast: Cast, client_of: Clients, address: str
) -> None:
    page = client_of(cast.acme_admin).get(address).text
    offered = re.findall(r'<option value="([a-z0-9-]+)">([^<]+)</option>', page)
    assert [(key, unescape(name)) for key, name in offered][: len(catalogue.NAMES)] == list(catalogue.NAMES.items())
    headings = [unescape(one) for one in re.findall(r'<optgroup label="([^"]+)">', page)]
    assert headings == list(dict.fromkeys(catalogue.SUBTYPE.families))


@pytest.mark.parametrize("address", ["", "nobody", "a b@acme.example", "x@acme.example\r\nBcc: y@z.example", "@acme"])
def test_what_is_no_address_is_refused_and_kept(cast: Cast, client_of: Clients, address: str) -> None:
    answer = client_of(cast.acme_admin).post("/contacts", data={"purpose": "new", "address": address})
    assert answer.status_code == 422
    assert db.session.scalars(select(Contact)).all() == []


def test_our_own_address_is_no_contact(app: Flask, cast: Cast, client_of: Clients) -> None:
    config = app.config["TRACKER"]
    app.config["TRACKER"] = replace(config, mail_from="tracker@market.example")
    form = {"purpose": "new", "address": "Tracker@market.example"}
    answer = client_of(cast.acme_admin).post("/contacts", data=form)
    app.config["TRACKER"] = config
    assert (answer.status_code, "the address that our mail comes from" in answer.text) == (422, True)


def test_analysts_have_no_contacts_to_keep(cast: Cast, client_of: Clients) -> None:
    assert client_of(cast.acme).get("/contacts").status_code == 403
    assert client_of(cast.acme).post("/contacts", data={}).status_code == 403


def test_numbers_and_links_only(cast: Cast, client_of: Clients) -> None:
    client_of(cast.acme_admin).post("/contacts/text", data={"link_only": "yes"})
    db.session.refresh(cast.acme.company)
    assert cast.acme.company.link_only
    client_of(cast.acme_admin).post("/contacts/text", data={})
    db.session.refresh(cast.acme.company)
    assert not cast.acme.company.link_only


def test_people_choose_what_they_get(cast: Cast, client_of: Clients) -> None:
    client_of(cast.acme).post("/account/mail", data={"answered": "now", "mentioned": "sometimes", "tea": "now"})
    db.session.refresh(cast.acme)
    assert cast.acme.mail_choices == {"answered": "now"}
    page = client_of(cast.acme).get("/account").text
    assert 'aria-label="Somebody answered or moved it: now" checked' in page
    assert 'aria-label="Somebody mentioned you: now" checked' in page


def test_readyz_says_since_when_mail_waits_and_metrics_how_much(app: Flask, cast: Cast, client_of: Clients) -> None:
    """How many letters wait moves with every note that mentions somebody: it is for whoever holds the token."""
    client = client_of(None)
    assert client.get("/readyz").json["notes"]["mail"] == "off"  # type: ignore[index]
    config = app.config["TRACKER"]
    app.config["TRACKER"] = replace(
        config, smtp="smtp://127.0.0.1:1", mail_from="t@market.example", metrics_token="token"
    )
    assert client.get("/readyz").json["notes"]["mail"] == "ok"  # type: ignore[index]
    due = now() - timedelta(minutes=11)
    letter = {"receiver": "a@b.example", "company_id": cast.acme.company_id, "about": [], "due_at": due}
    said = []
    for name in ("one", "two"):
        db.session.add(Mail(message_id=name, **letter))
        db.session.commit()
        said.append(client.get("/readyz").data)
    answer = client.get("/readyz")
    metrics = client.get("/metrics", headers={"Authorization": "Bearer token"}).text
    app.config["TRACKER"] = config
    assert (answer.status_code, answer.json["notes"]["mail"]) == (200, f"delayed since {due.isoformat()}")  # type: ignore[index]
    assert said[0] == said[1]
    assert "tracker_letters_waiting 2.0" in metrics
