"""Sending what was promised as mail. Between the server's word and ours a process may die: then the same letter, by
the same Message-ID, goes out once more."""

from datetime import datetime, timedelta
from email.message import EmailMessage

import structlog
from sqlalchemy import delete, update

from tracker.clock import now
from tracker.db import db, insert_into, is_passing, reads_only
from tracker.domain.mail_rules import DOWN
from tracker.jobs.writing import Post, written
from tracker.mail import MailDelayed, MailLater, MailRefused, Outbox, message_of, outbox
from tracker.models import Mail, MarketFact
from tracker.queries.letters import content_of, due_letters, thread_of

BATCH = 50
LEASE = timedelta(minutes=2)
"""So long a letter belongs to the worker that took it."""

LONGEST_PAUSE = timedelta(minutes=10)
"""So long at most a dead server is left alone."""

LONGEST_WAIT = timedelta(hours=1)
GIVEN_UP_AFTER = timedelta(days=5)
"""So long a letter that is put off is tried again (RFC 5321 4.5.4.1)."""

log = structlog.get_logger()


def send_letters(post: Post) -> bool:
    """Send the letters that are due, at most `BATCH`; False when none was. A dead server is asked by one at a time."""
    with reads_only():
        due = [] if _pauses() else due_letters(BATCH)
        db.session.rollback()
    if not due:
        return False
    try:
        with outbox(post.smtp, post.sender) as out:
            for letter_id in due:
                _send(letter_id, out, post)
        _recover()
    except MailDelayed as error:
        log.warning("mail is delayed", reason=str(error))
        _delay(str(error))
    return True


def _send(letter_id: int, out: Outbox, post: Post) -> None:
    if not _take(letter_id):
        return None
    letter = _compose(letter_id, post)
    if isinstance(letter, str):
        return _finish(letter_id, dropped_because=letter)
    return _hand_over(letter_id, letter, out)


def _hand_over(letter_id: int, letter: EmailMessage, out: Outbox) -> None:
    """A letter with which nobody can do anything is put off by itself; the server takes the others."""
    try:
        out.send(letter, letter["To"])
    except MailRefused as refusal:
        because = f"The server refuses the address: {refusal}"
        return _finish(letter_id, dropped_because=because, receiver=letter["To"])
    except MailLater as later:
        return _put_back(letter_id, str(later))
    except MailDelayed as delay:
        _put_back(letter_id, str(delay), by_itself=False)
        raise
    except Exception as error:
        log.exception("a letter cannot be handed over", letter=letter_id)
        return _put_back(letter_id, _named(error))
    return _finish(letter_id, sent_at=now(), receiver=letter["To"])


def _take(letter_id: int) -> bool:
    """Of several workers one takes the letter; when it dies, the lease ends."""
    free = (Mail.id == letter_id, Mail.sent_at.is_(None), Mail.dropped_because.is_(None), Mail.due_at <= now())
    taken = update(Mail).where(*free).values(due_at=now() + LEASE, tries=Mail.tries + 1)
    count = db.session.execute(taken.execution_options(synchronize_session=False)).rowcount  # type: ignore[attr-defined]
    db.session.commit()
    return bool(count)


def _compose(letter_id: int, post: Post) -> EmailMessage | str:
    """With the receiver's rights of this moment; no transaction is open while the server is spoken to.

    A letter that cannot be written holds up no other.
    """
    with reads_only():
        mail = db.session.get_one(Mail, letter_id)
        try:
            content = content_of(mail)
            if isinstance(content, str):
                return content
            return message_of(written(mail, content, thread_of(mail), post), post.sender)
        except Exception as error:
            if is_passing(error):
                raise
            log.exception("a letter cannot be written", letter=letter_id)
            return f"It could not be written: {_named(error)}"


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]


def _finish(
    letter_id: int, *, sent_at: datetime | None = None, dropped_because: str | None = None, receiver: str | None = None
) -> None:
    """With the address that the letter went to, where that is another than the one of its promise."""
    mail = db.session.get_one(Mail, letter_id)
    mail.sent_at, mail.dropped_because = sent_at, dropped_because
    mail.receiver = str(receiver or mail.receiver)
    db.session.commit()


def _put_back(letter_id: int, reason: str, *, by_itself: bool = True) -> None:
    """Try again later. A letter that is put off by itself is given up at last; one without a server never is."""
    mail = db.session.get_one(Mail, letter_id)
    mail.last_error, mail.due_at = reason, now() + (_pause(mail.tries, LONGEST_WAIT) if by_itself else timedelta())
    if by_itself and (mail.promised_at or mail.due_at) < now() - GIVEN_UP_AFTER:
        mail.dropped_because = f"The server puts it off since {GIVEN_UP_AFTER.days} days: {reason}"
    db.session.commit()


def _pauses() -> bool:
    fact = db.session.get(MarketFact, DOWN)
    return fact is not None and now() < datetime.fromisoformat(fact.value.split()[1])


def _delay(reason: str) -> None:
    fact = db.session.get(MarketFact, DOWN)
    since, tries = (fact.value.split()[0], int(fact.value.split()[2]) + 1) if fact else (now().isoformat(), 1)
    value = f"{since} {(now() + _pause(tries, LONGEST_PAUSE)).isoformat()} {tries}"
    down = insert_into(MarketFact).values(name=DOWN, value=value)
    db.session.execute(down.on_conflict_do_update(index_elements=["name"], set_={"value": down.excluded.value}))
    db.session.commit()


def _recover() -> None:
    if db.session.get(MarketFact, DOWN) is not None:
        db.session.execute(delete(MarketFact).where(MarketFact.name == DOWN))
    db.session.commit()


def _pause(tries: int, longest: timedelta) -> timedelta:
    return min(timedelta(seconds=15 * 2 ** min(tries, 10)), longest)
