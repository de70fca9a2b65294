"""Who is signed in, where."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import contains_eager

from tracker.clock import now
from tracker.db import AnySelect, db
from tracker.domain.permissions import Rank
from tracker.domain.roles import CompanyKind
from tracker.models import Company, KnownDevice, Person, SignInLink, SignInSession
from tracker.queries.market import demo_fact, remember_demo

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
    """The session of this token with its person and company, in one statement; None when it has ended."""
    moment = now()
    given = {"token": digest(token), "last_seen": moment - IDLE, "begun": moment - LONGEST}
    found = db.session.execute(_session(), given).one_or_none()
    if found is None:
        return None
    row, person, demo = found
    remember_demo(bool(demo))
    return SignedInBrowser(row, person)


@cache
def _session() -> AnySelect:
    return (
        select(SignInSession, Person, demo_fact())
        .join(Person, Person.id == SignInSession.person_id)
        .join(Person.company)
        .options(contains_eager(Person.company))
        .where(
            SignInSession.token_hash == bindparam("token"),
            SignInSession.seen_at > bindparam("last_seen"),
            SignInSession.created_at > bindparam("begun"),
            Person.active,
        )
    )


def sessions_of(person: Person) -> Sequence[SignInSession]:
    """Where the person is signed in at this moment, the latest seen first."""
    moment = now()
    statement = (
        select(SignInSession)
        .where(
            SignInSession.person_id == person.id,
            SignInSession.seen_at > moment - IDLE,
            SignInSession.created_at > moment - LONGEST,
        )
        .order_by(SignInSession.seen_at.desc(), SignInSession.id.desc())
    )
    return db.session.scalars(statement).all()


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
