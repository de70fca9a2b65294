"""Beginning and ending sessions, the browsers that are known from before, and closing all ways in at once.

These verbs know people by what the door proved about them, so they come before there is an actor.
"""

import secrets

from sqlalchemy import delete, update

from tracker.clock import now
from tracker.db import db
from tracker.domain.sentence import Sentence
from tracker.errors import NotFound
from tracker.models import FailedSignIns, KnownDevice, Person, SignInLink, SignInSession
from tracker.queries.sessions import DEVICE_KEPT, IDLE, LONGEST, digest, knows_device

TOKEN_BYTES = 32


def new_token() -> str:
    """A random token of 256 bits, fit for a cookie and an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def begin_session(person: Person, method: str, *, address: str, browser: str) -> tuple[str, SignInSession]:
    """Sign the person in here: the token for the cookie, and the row that keeps its hash."""
    token, moment = new_token(), now()
    row = SignInSession(
        public_id=secrets.token_urlsafe(18),
        token_hash=digest(token),
        person_id=person.id,
        method=method,
        data={},
        address=address,
        browser=browser,
        created_at=moment,
        seen_at=moment,
    )
    db.session.add(row)
    db.session.flush()
    return token, row


def end_session(actor: Person, public_id: str) -> None:
    """End one of the actor's own sessions; absent and foreign are one answer."""
    ended = db.session.execute(
        delete(SignInSession).where(SignInSession.public_id == public_id, SignInSession.person_id == actor.id)
    )
    if not ended.rowcount:  # type: ignore[attr-defined]
        raise NotFound(Sentence("session-ended", "This session has ended already."))


def sign_out(session: SignInSession) -> None:
    """End the session at hand."""
    db.session.execute(delete(SignInSession).where(SignInSession.id == session.id))


def end_sessions_of(person: Person, *, keep: int | None = None) -> None:
    """End every session of the person, but `keep`."""
    statement = delete(SignInSession).where(SignInSession.person_id == person.id)
    if keep is not None:
        statement = statement.where(SignInSession.id != keep)
    db.session.execute(statement)


def held(person_id: int) -> Person:
    """The person as of now, whom nobody else changes until the transaction ends."""
    db.session.flush()
    return db.session.get_one(
        Person, person_id, populate_existing=True, with_for_update={"of": Person, "key_share": True}
    )


def close_ways_in(person: Person, *, keep: int | None = None, devices: bool = False) -> None:
    """After a change of somebody's password, rank, address or activity: what let them in before lets in no more.

    One-time links are void, every session but `keep` ends, and with `devices` no browser is known any more.
    """
    db.session.flush()  # from here the person's row is held: who is just signing in waits, and comes too late
    void_links_of(person)
    end_sessions_of(person, keep=keep)
    if devices:
        forget_devices_of(person)


def void_links_of(person: Person) -> None:
    """Make every one-time link of the person unusable."""
    db.session.execute(
        update(SignInLink)
        .where(SignInLink.person_id == person.id, SignInLink.used_at.is_(None))
        .values(used_at=now())
        .execution_options(synchronize_session=False)
    )


def know_device(person: Person, present: str) -> str:
    """Remember this browser for the person, under a new token that takes the place of `present`."""
    known = knows_device(person, present) if present else None
    if known is not None:
        db.session.delete(known)
    token = new_token()
    db.session.add(KnownDevice(token_hash=digest(token), person_id=person.id, used_at=now()))
    db.session.flush()
    return token


def forget_devices_of(person: Person) -> None:
    """From now on every browser of the person is a stranger."""
    db.session.execute(delete(KnownDevice).where(KnownDevice.person_id == person.id))


def forget_expired() -> None:
    """Remove what can no longer sign anybody in, and tries that nobody counts any more."""
    moment = now()
    for statement in (
        delete(SignInSession).where(SignInSession.seen_at < moment - IDLE),
        delete(SignInSession).where(SignInSession.seen_at > moment + IDLE),
        delete(SignInSession).where(SignInSession.created_at < moment - LONGEST),
        delete(SignInLink).where(SignInLink.expires_at < moment),
        delete(KnownDevice).where(KnownDevice.used_at < moment - DEVICE_KEPT),
        delete(FailedSignIns).where(FailedSignIns.last_at < moment - LONGEST),
    ):
        db.session.execute(statement)
