"""How fast passwords may be guessed: slower with each failure, and never shut for good.

Every try is counted before the password is looked at, in a transaction of its own, so that a hundred
tries at the same moment, on any worker, count as a hundred. A try that succeeds is taken back.
How an outsider is kept from shutting others out: docs/decisions/0010-sign-in.md.
"""

import hashlib
import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from tracker.clock import now
from tracker.db import db, insert_into
from tracker.models import FailedSignIns

FORGOTTEN_AFTER = timedelta(hours=12)
DELAYS = (0, 0, 0, 10, 30, 60, 120, 300, 600, 900)
"""Seconds that an account rests after its n-th failure; the last goes on. So at most nine tries in 15 minutes."""

NETWORK_TRIES = 20
"""Failures that a network has free: one office shares an address."""

NETWORK_LONGEST = 300
EVERYWHERE = "everywhere"
PRESSURE = 500
"""So many failures in all halve what a network has free, so many again halve it once more."""


@dataclass(frozen=True)
class Try:
    """One try at a password: whose rows count it, and whether it may be looked at."""

    subjects: tuple[str, ...]
    may_go: bool


def account(user_name: str) -> str:
    """The subject of an account, whether it exists or not."""
    return "account:" + hashlib.sha256(user_name.strip().lower().encode("utf-8", "surrogatepass")).hexdigest()


def network(address: str) -> str:
    """The subject of a neighbourhood of addresses: /24, and /64 in IPv6."""
    given = ipaddress.ip_address(address.split("%")[0])
    if isinstance(given, ipaddress.IPv6Address) and given.ipv4_mapped:
        given = given.ipv4_mapped
    return f"network:{ipaddress.ip_network((given, 24 if given.version == 4 else 64), strict=False)}"


def device(device_id: int) -> str:
    """The subject of a browser that is known: it alone answers for its tries."""
    return f"device:{device_id}"


def count_try(subjects: Sequence[str]) -> Try:
    """Count a try against every subject, unless one of them must still wait; the door commits at once."""
    rows = _rows(subjects)
    moment = now()
    may_go = all(row.next_try_at <= moment for row in rows.values())
    if may_go:
        for row in rows.values():
            _count(row, rows, moment)
    db.session.flush()
    return Try(tuple(subjects), may_go)


def take_back(made: Try) -> None:
    """The try succeeded: the account and the device begin anew, the others lose this one failure."""
    for row in _rows(made.subjects).values():
        if row.subject.startswith(("account:", "device:")):
            db.session.execute(delete(FailedSignIns).where(FailedSignIns.subject == row.subject))
        else:
            row.failures = max(0, row.failures - 1)
            row.next_try_at = row.last_at
    db.session.flush()


def _rows(subjects: Sequence[str]) -> Mapping[str, FailedSignIns]:
    """The rows of the subjects, made where missing, and held until the transaction ends."""
    moment = now()
    new = [{"subject": subject, "failures": 0, "next_try_at": moment, "last_at": moment} for subject in subjects]
    db.session.execute(insert_into(FailedSignIns).values(new).on_conflict_do_nothing())
    held = (
        select(FailedSignIns)
        .where(FailedSignIns.subject.in_(subjects))
        .order_by(FailedSignIns.subject)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.subject: row for row in db.session.scalars(held)}


def _count(row: FailedSignIns, rows: Mapping[str, FailedSignIns], moment: datetime) -> None:
    forgotten = row.last_at <= moment - FORGOTTEN_AFTER
    row.failures = 1 if forgotten else row.failures + 1
    row.next_try_at = moment + timedelta(seconds=_rest(row, rows))
    row.last_at = moment


def _rest(row: FailedSignIns, rows: Mapping[str, FailedSignIns]) -> int:
    """Seconds until the next try counts. All failures together delay nobody: they only make networks rest sooner."""
    if row.subject == EVERYWHERE:
        return 0
    if not row.subject.startswith("network:"):
        return DELAYS[min(row.failures, len(DELAYS)) - 1]
    everywhere = rows[EVERYWHERE].failures if EVERYWHERE in rows else 0
    beyond = row.failures - (NETWORK_TRIES >> min(everywhere // PRESSURE, 10))
    return 0 if beyond <= 0 else min(2 ** min(beyond, 10), NETWORK_LONGEST)
