"""Signing in by password, and changing it.

Every failure reads the same, so that nobody learns who has an account here. `SignedIn` is the only
way in which signing in ends well today; a second factor will be another (docs/decisions/0010).
"""

from dataclasses import dataclass

from tracker.actions.passwords import PASSWORDS, Passwords, require_good
from tracker.actions.sessions import end_sessions_of
from tracker.actions.throttle import EVERYWHERE, Try, account, count_try, device, networks, take_back
from tracker.db import db
from tracker.errors import Invalid
from tracker.models import Person
from tracker.queries.sessions import knows_device, person_named

REFUSED = (
    "You are not signed in. Check the user name and the password, capitals too. After several failures a try counts "
    "only after a while: wait 15 minutes, or ask your company administrator for a new sign-in link."
)
NOT_PRESENT = "This is not your present password. Type it again; after several failures, wait 15 minutes first."


@dataclass(frozen=True)
class SignedIn:
    """Everything that was asked of the person was given."""

    person: Person


@dataclass(frozen=True)
class Attempt:
    """A counted try to sign in, free of the database, so that no transaction waits while a password is hashed."""

    counted: Try
    person_id: int | None
    kept: str | None


def begin_attempt(user_name: str, *, address: str, device_token: str) -> Attempt:
    """Count a try to sign in as somebody. The door commits before it goes on, whatever comes of it."""
    person = person_named(user_name)
    known = knows_device(person, device_token) if person and device_token else None
    subjects = (device(known.id),) if known else (account(user_name), *networks(address), EVERYWHERE)
    counted = count_try(subjects)
    if person is None or not person.active or not counted.may_go:
        return Attempt(counted, None, None)
    return Attempt(counted, person.id, person.password_hash)


def finish_attempt(attempt: Attempt, password: str, *, passwords: Passwords = PASSWORDS) -> SignedIn:
    """Sign in by a password. Raises `Invalid`, with the same words and after the same work in every case."""
    right = passwords.verify(attempt.kept, password)
    person = db.session.get(Person, attempt.person_id) if right and attempt.person_id else None
    if person is None or not person.active or person.password_hash != attempt.kept:
        raise Invalid(REFUSED)
    take_back(attempt.counted)
    if passwords.is_outdated(person.password_hash or ""):
        person.password_hash = passwords.hash(password)
    return SignedIn(person)


def begin_change(actor: Person) -> Try:
    """Count a try at the present password; a stolen session guesses no faster than a stranger."""
    return count_try((account(f"{actor.user_name} changes"),))


def require_present(actor: Person, counted: Try, present: str, *, passwords: Passwords = PASSWORDS) -> None:
    """Raise `Invalid` unless `present` is the actor's password and the counted try may be looked at."""
    if not passwords.verify(actor.password_hash if counted.may_go else None, present):
        raise Invalid({"present": NOT_PRESENT})
    take_back(counted)


def change_password(actor: Person, password: str, *, keep: int, passwords: Passwords = PASSWORDS) -> None:
    """Give the actor a new password and end every session but `keep`."""
    require_good(actor, password)
    actor.password_hash = passwords.hash(password)
    end_sessions_of(actor, keep=keep)
