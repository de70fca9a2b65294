"""Everybody who could be told of anything: each kind of receiver, at every company of the cast."""

from datetime import date
from typing import NamedTuple

from tests.cast import Cast
from tests.walking import players_of
from tracker.actions.view_watching import watch_view
from tracker.actions.views import save_view
from tracker.clock import now
from tracker.db import db
from tracker.domain.mail_rules import Pace, Purpose
from tracker.domain.notices import Reason
from tracker.domain.permissions import Rank
from tracker.models import Company, Contact, Issue, Person, Watch

KINDS = ("watcher", "digester", "reader", "deputy", "coverer", "viewer", "muter")
CONTACTS = "contacts."
"""Before the DUNS in the address of a company's contact."""


class Listeners(NamedTuple):
    """The people by company (its id) and kind."""

    people: dict[int, dict[str, Person]]

    def follow(self, issue: Issue) -> None:
        """All watch the issue, or mute it: also those who do not see it, or not yet."""
        for of_company in self.people.values():
            for kind, person in of_company.items():
                if kind in ("watcher", "digester", "reader", "muter"):
                    muted = kind == "muter"
                    db.session.add(Watch(person_id=person.id, issue_id=issue.id, muted=muted, at=now()))
        db.session.flush()


def listeners_of(cast: Cast, subtypes: list[str]) -> Listeners:
    """Hire them, and let every company keep contacts for everything."""
    people: dict[int, dict[str, Person]] = {}
    for analyst in players_of(cast):
        hired = {kind: _hired(analyst, kind) for kind in KINDS}
        people[analyst.company_id] = hired
        hired["digester"].mail_choices = dict.fromkeys(Reason, Pace.DIGEST)
        hired["coverer"].preferred_subtypes = subtypes
        analyst.away_until, analyst.deputy_id = date(2027, 1, 1), hired["deputy"].id
        watch_view(hired["viewer"], save_view(hired["viewer"], "All", "created:>=2020-01-01"))
        _keep_contacts(analyst.company)
    db.session.commit()
    return Listeners(people)


def _hired(colleague: Person, kind: str) -> Person:
    company = colleague.company
    person = Person(
        company_id=company.id,
        user_name=f"{colleague.user_name}.{kind}",
        full_name=f"{colleague.full_name} {kind.title()}",
        email=f"{colleague.user_name}.{kind}@{company.duns}.example",
        rank=Rank.READER if kind == "reader" else Rank.ANALYST,
        mail_choices=dict.fromkeys(Reason, Pace.NOW),
        created_at=now(),
    )
    db.session.add(person)
    db.session.flush()
    return person


def _keep_contacts(company: Company) -> None:
    domain = f"{CONTACTS}{company.duns}.example"
    db.session.add_all(
        Contact(company_id=company.id, purpose=purpose, address=f"{purpose}@{domain}") for purpose in Purpose
    )
