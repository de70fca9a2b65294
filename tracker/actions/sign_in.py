"""Signing in by password, and changing it.

Every failure reads the same, so that nobody learns who has an account here. `SignedIn` is the only
way in which signing in ends well today; a second factor will be another (docs/decisions/0010).
Each verb is begun, the door commits, and it is finished: no transaction waits while a password is hashed.
"""

from dataclasses import dataclass, field

from tracker.actions.hashing import Place, Taker, person_taking
from tracker.actions.passwords import require_good
from tracker.actions.sessions import close_ways_in, held
from tracker.actions.throttle import EVERYWHERE, Try, account, count_try, device, networks, take_back
from tracker.domain.sentence import Sentence
from tracker.errors import Conflict, Invalid
from tracker.models import Person
from tracker.queries.sessions import candidate

REFUSED = Sentence(
    "not-signed-in",
    "You are not signed in. Check the user name and the password, capitals too. After several failures a try counts "
    "only after a while: wait 15 minutes, or ask your company administrator for a new sign-in link.",
)
NOT_PRESENT = Sentence(
    "not-present-password",
    "This is not your present password. Type it again; after several failures, wait 15 minutes first.",
)
CHANGED_MEANWHILE = Sentence(
    "password-changed-meanwhile",
    "Your password was changed at the same moment by another way. Sign in with that one.",
)


@dataclass(frozen=True)
class SignedIn:
    """Everything that was asked of the person was given."""

    person: Person


@dataclass(frozen=True)
class Attempt:
    """A try to sign in: who asks for a place to hash, who answers for failures, and what the password must fit."""

    taker: Taker
    subjects: tuple[str, ...]
    person_id: int | None
    kept: str | None = field(repr=False)


@dataclass(frozen=True)
class Change:
    """A change to a good password, and the try that is counted for it."""

    person_id: int
    password: str = field(repr=False)
    kept: str | None = field(repr=False)
    counted: Try


def attempt_of(user_name: str, *, address: str, device_token: str) -> Attempt:
    """Who tries to sign in. Asks the same whether or not there is somebody of this name, or a browser of this token."""
    found = candidate(user_name, device_token)
    if found.person_id and found.device_id:
        return Attempt(person_taking(found.person_id), (device(found.device_id),), found.person_id, found.kept)
    single, neighbourhood = networks(address)
    subjects = (account(user_name), single, neighbourhood, EVERYWHERE)
    return Attempt(Taker(neighbourhood, known=False), subjects, found.person_id, found.kept)


def begin_attempt(attempt: Attempt) -> Try:
    """Count the try. The door commits before it goes on, whatever comes of it."""
    return count_try(attempt.subjects)


def finish_attempt(attempt: Attempt, counted: Try, password: str, place: Place) -> SignedIn:
    """Sign in by a password. Raises `Invalid`, with the same words always, and to strangers after the same work."""
    if attempt.taker.known and not counted.may_go:
        raise Invalid(REFUSED)  # there is nothing to hide from this browser, and others need the place
    kept = attempt.kept if counted.may_go else None
    right = place.verify(kept, password)
    renewed = place.hash(password) if right and kept and place.is_outdated(kept) else kept
    person = held(attempt.person_id) if right and attempt.person_id else None
    if person is None or not person.active or person.password_hash != kept:
        raise Invalid(REFUSED)
    take_back(counted)
    person.password_hash = renewed
    return SignedIn(person)


def begin_change(actor: Person, password: str) -> Change:
    """Ask whether the new password is good, and count a try at the present one.

    A stolen session guesses no faster than a stranger. The door commits before it goes on. Raises `Invalid`.
    """
    require_good(actor, password)
    return Change(actor.id, password, actor.password_hash, count_try((account(f"{actor.user_name} changes"),)))


def finish_change(change: Change, present: str, place: Place, *, keep: int) -> None:
    """Set the new password; session `keep` alone goes on. Raises `Invalid`, or `Conflict` when it came too late."""
    counted = change.counted
    if not (counted.may_go and place.verify(change.kept, present)):
        raise Invalid({"present": NOT_PRESENT})
    new = place.hash(change.password)
    person = held(change.person_id)
    if not person.active or person.password_hash != change.kept:
        raise Conflict(CHANGED_MEANWHILE)
    take_back(counted)
    person.password_hash = new
    close_ways_in(person, keep=keep, devices=True)
