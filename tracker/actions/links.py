"""One-time links: how a new person, or one who lost the password, comes in."""

from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import update

from tracker.actions.hashing import Place
from tracker.actions.passwords import require_good
from tracker.actions.sessions import close_ways_in, held, new_token, void_links_of
from tracker.actions.sign_in import SignedIn
from tracker.actions.throttle import Try, account, take_back
from tracker.clock import now
from tracker.db import db
from tracker.domain.sentence import Sentence
from tracker.errors import Invalid, NotFound
from tracker.models import Person, SignInLink
from tracker.queries.people import require_managing
from tracker.queries.sessions import digest, link_of

LASTS = timedelta(minutes=60)

NO_SUCH_LINK = Sentence(
    "no-such-link",
    "This sign-in link does not work: a link is used once, within one hour. "
    "Ask your company administrator for a new one.",
)


@dataclass(frozen=True)
class Opening:
    """A link that works, in the hands of somebody who gave a good password."""

    person_id: int
    token: str = field(repr=False)
    password: str = field(repr=False)


def create_link(actor: Person, person: Person) -> str:
    """The token of a new one-time link for the person; earlier ones stop working. The deactivated get none."""
    require_managing(actor, person.company)
    held(person.id)
    if not person.active:
        raise Invalid(
            Sentence(
                "link-for-deactivated",
                "{name} is deactivated. Reactivate the account first, then make a link.",
                name=person.full_name,
            )
        )
    void_links_of(person)
    token = new_token()
    db.session.add(SignInLink(token_hash=digest(token), person_id=person.id, expires_at=now() + LASTS))
    db.session.flush()
    return token


def link_holder(token: str) -> Person:
    """Whom the link is for. Raises `NotFound` for one that is used, too old, void, or no link at all."""
    link = link_of(token)
    if link is None:
        raise NotFound(NO_SUCH_LINK)
    return db.session.get_one(Person, link.person_id)


def begin_link(token: str, password: str) -> Opening:
    """Ask whether the link works and its holder may have this password. Raises `NotFound` or `Invalid`."""
    person = link_holder(token)
    require_good(person, password)
    return Opening(person.id, token, password)


def use_link(opening: Opening, place: Place) -> SignedIn:
    """Set the password of the link's holder, close every other way in, and sign in; the link is used up."""
    new = place.hash(opening.password)
    person = held(opening.person_id)
    _use_up(opening.token)
    person.password_hash = new
    close_ways_in(person, devices=True)
    take_back(Try((account(person.user_name),), may_go=True))
    return SignedIn(person)


def _use_up(token: str) -> None:
    """Of two who use it at the same moment, one comes too late; so does who waited while it was made void."""
    used = db.session.execute(
        update(SignInLink)
        .where(SignInLink.token_hash == digest(token), SignInLink.used_at.is_(None))
        .values(used_at=now())
        .execution_options(synchronize_session=False)
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise NotFound(NO_SUCH_LINK)
