"""Who is signed in, where."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple

from sqlalchemy import ScalarSelect, bindparam, select
from sqlalchemy.orm import contains_eager

from tracker.clock import CLOCK, now
from tracker.db import AnySelect, db
from tracker.domain.permissions import Rank
from tracker.domain.roles import CompanyKind
from tracker.models import Company, KnownDevice, MarketFact, Person, SignInLink, SignInSession
from tracker.queries.clock import ASKED, CONFIRMED, fact_of_here, read_seen
from tracker.queries.market import DEMO, demo_fact, fact, remember

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
DEVICE_KEPT = timedelta(days=365)


class SignedInBrowser(NamedTuple):
    """A session that still holds, and whose it is."""

    row: SignInSession
    person: Person


def digest(token: str) -> str:
    """How a random token is kept: whoever reads the database cannot sign in with it."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def session_of(token: str) -> SignedInBrowser | None:
    """The session of this token with its person and company, in one statement; None when it has ended.

    The same statement tells this process what the worker knows of the time, before anything is measured by it.
    """
    found = db.session.execute(_session(), {"token": digest(token), "here": fact_of_here()}).one_or_none()
    if found is None:
        return None
    row, person, demo, asked, confirmed, seen = found
    remember(DEMO, bool(demo))
    remember(ASKED, bool(asked))
    CLOCK.learn(read_seen(seen), confirmed or "")
    return SignedInBrowser(row, person) if _holds(row, now()) else None


def _holds(row: SignInSession, moment: datetime) -> bool:
    """A session of a time to come was begun by a clock that was set since; it does not last until then."""
    return moment - IDLE < row.seen_at <= moment + IDLE and row.created_at > moment - LONGEST


@cache
def _session() -> AnySelect:
    return (
        select(SignInSession, Person, demo_fact(), fact(ASKED), fact(CONFIRMED), _seen_here())
        .join(Person, Person.id == SignInSession.person_id)
        .join(Person.company)
        .options(contains_eager(Person.company))
        .where(SignInSession.token_hash == bindparam("token"), Person.active)
    )


def _seen_here() -> ScalarSelect[str]:
    return select(MarketFact.value).where(MarketFact.name == bindparam("here")).scalar_subquery()


def sessions_of(person: Person) -> Sequence[SignInSession]:
    """Where the person is signed in at this moment, the latest seen first."""
    order = (SignInSession.seen_at.desc(), SignInSession.id.desc())
    rows = db.session.scalars(select(SignInSession).where(SignInSession.person_id == person.id).order_by(*order))
    return [row for row in rows if _holds(row, now())]


def knows_device(person: Person, token: str) -> KnownDevice | None:
    """The browser of this token, if the person signed in there within a year."""
    statement = select(KnownDevice).where(
        KnownDevice.token_hash == digest(token),
        KnownDevice.person_id == person.id,
        KnownDevice.used_at > now() - DEVICE_KEPT,
    )
    return db.session.scalar(statement)


class Candidate(NamedTuple):
    """Whose password a try must fit, and in which known browser; nothing of either where there is none."""

    person_id: int | None
    kept: str | None
    device_id: int | None


def candidate(user_name: str, device_token: str) -> Candidate:
    """Who may sign in under this name, and whether the browser is known from before, in one statement in every case."""
    known = (
        (KnownDevice.person_id == Person.id)
        & (KnownDevice.token_hash == digest(device_token))
        & (KnownDevice.used_at > now() - DEVICE_KEPT)
    )
    statement = (
        select(Person.id, Person.password_hash, KnownDevice.id)
        .outerjoin(KnownDevice, known)
        .where(Person.user_name == _storable(user_name), Person.active, Person.password_hash.is_not(None))
    )
    found = db.session.execute(statement).one_or_none()
    return Candidate(*found) if found else Candidate(None, None, None)


def link_of(token: str) -> SignInLink | None:
    """The one-time link of this token while it can be used."""
    statement = (
        select(SignInLink)
        .join(Person, Person.id == SignInLink.person_id)
        .where(
            SignInLink.token_hash == digest(token),
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > now(),
            Person.active,
        )
    )
    return db.session.scalar(statement)


def person_named(user_name: str) -> Person | None:
    """The person of this user name, written in capitals or not."""
    return db.session.scalar(select(Person).where(Person.user_name == _storable(user_name)))


def people_to_try() -> Sequence[Person]:
    """Everybody that a demo market offers for signing in, company by company."""
    statement = (
        select(Person)
        .join(Person.company)
        .options(contains_eager(Person.company))
        .where(Person.active, Person.rank != Rank.SYSTEM)
        .order_by(Company.kind != CompanyKind.ERCOT, Company.kind.desc(), Company.name, Person.full_name)
    )
    return db.session.scalars(statement).all()


def _storable(user_name: str) -> str:
    """A user name as it is kept; for what no database takes, one that nobody has."""
    wanted = user_name.strip().lower()
    return wanted if wanted.isprintable() else ""
