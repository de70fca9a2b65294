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

EVERYWHERE = "everywhere"
PRESSURE = 500
"""So many failures in all halve what a network has free, so many again halve it once more."""

EASED_EVERY = timedelta(minutes=1)
"""Of all failures in all, one is forgotten so often: a large market mistypes every day."""


@dataclass(frozen=True)
class Pace:
    """So many failures are free, and one of them is given back so often."""

    free: int
    back: timedelta


ADDRESS = Pace(20, timedelta(minutes=2))
"""One address (/64 in IPv6), which a whole office may share."""

NEIGHBOURS = 40
"""A neighbourhood (/24, /48 in IPv6) has the room of so many addresses: strangers at fewer shut no neighbour out."""

PACES = {"address": ADDRESS, "neighbourhood": Pace(ADDRESS.free * NEIGHBOURS, ADDRESS.back / NEIGHBOURS)}
WIDTHS = {4: (32, 24), 6: (64, 48)}
"""Bits of an address and of its neighbourhood, by version."""

NOWHERE = ipaddress.ip_address("::")


@dataclass(frozen=True)
class Try:
    """One try at a password: whose rows count it, and whether it may be looked at."""

    subjects: tuple[str, ...]
    may_go: bool


def account(user_name: str) -> str:
    """The subject of an account, whether it exists or not."""
    return "account:" + hashlib.sha256(user_name.strip().lower().encode("utf-8", "surrogatepass")).hexdigest()


def networks(address: str) -> tuple[str, str]:
    """The subjects of an address and of its neighbourhood. What is no address is nowhere, together with its like."""
    given = _read(address)
    single, wide = (ipaddress.ip_network((given, bits), strict=False) for bits in WIDTHS[given.version])
    return f"address:{single}", f"neighbourhood:{wide}"


def device(device_id: int) -> str:
    """The subject of a browser that is known: it alone answers for its tries."""
    return f"device:{device_id}"


def count_try(subjects: Sequence[str]) -> Try:
    """Count a try against every subject, unless one of them must still wait; the door commits at once."""
    rows = _rows(subjects)
    moment = now()
    may_go = all(row.next_try_at <= moment for row in rows.values())
    if may_go:
        halvings = _remembered(rows[EVERYWHERE], moment) // PRESSURE if EVERYWHERE in rows else 0
        for row in rows.values():
            _count(row, moment, halvings)
    db.session.flush()
    return Try(tuple(subjects), may_go)


def take_back(made: Try) -> None:
    """The try succeeded: the account and the device begin anew, the others lose this one failure."""
    for row in _rows(made.subjects).values():
        if row.subject.startswith(("account:", "device:")):
            db.session.execute(delete(FailedSignIns).where(FailedSignIns.subject == row.subject))
            continue
        row.failures = max(0, row.failures - 1)
        if pace := _pace_of(row):
            row.next_try_at -= pace.back
    db.session.flush()


def _rows(subjects: Sequence[str]) -> Mapping[str, FailedSignIns]:
    """The rows of the subjects, made where missing, and held until the transaction ends."""
    long_ago = now() - FORGOTTEN_AFTER
    new = [
        {"subject": subject, "failures": 0, "next_try_at": long_ago, "last_at": long_ago}
        for subject in sorted(subjects)
    ]
    db.session.execute(insert_into(FailedSignIns).values(new).on_conflict_do_nothing())
    held = (
        select(FailedSignIns)
        .where(FailedSignIns.subject.in_(subjects))
        .order_by(FailedSignIns.subject)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.subject: row for row in db.session.scalars(held)}


def _count(row: FailedSignIns, moment: datetime, halvings: int) -> None:
    row.failures = _remembered(row, moment) + 1
    row.next_try_at = _next_try(row, moment, halvings)
    row.last_at = moment


def _remembered(row: FailedSignIns, moment: datetime) -> int:
    """Failures that still count."""
    quiet = moment - row.last_at
    if quiet >= FORGOTTEN_AFTER:
        return 0
    return max(0, row.failures - quiet // EASED_EVERY) if row.subject == EVERYWHERE else row.failures


def _next_try(row: FailedSignIns, moment: datetime, halvings: int) -> datetime:
    """All failures together delay nobody: they only leave networks less that is free.

    A network's moment moves on by what it takes to give one failure back, and may lie as far behind as it has free.
    """
    if row.subject == EVERYWHERE:
        return moment
    if pace := _pace_of(row):
        return max(row.next_try_at, moment - (pace.free >> halvings) * pace.back) + pace.back
    return moment + timedelta(seconds=DELAYS[min(row.failures, len(DELAYS)) - 1])


def _pace_of(row: FailedSignIns) -> Pace | None:
    return PACES.get(row.subject.partition(":")[0])


def _read(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        given = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return NOWHERE
    return getattr(given, "ipv4_mapped", None) or given
