"""What the workers have seen of the time, and what the clock would press."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import func, select

from tracker.clock import CLOCK, Seen, name_of_boot, now
from tracker.db import db
from tracker.domain import catalogue
from tracker.domain.workflow import Transition
from tracker.models import Issue, MarketFact

SEEN = "clock-seen "
"""With the start of a machine: when a worker there last believed its clock, and what the steady one said."""

CONFIRMED = "clock-confirmed"
ASKED = "clock-asks"


class Why(StrEnum):
    """Why the clock is not believed."""

    STEP = "step"
    STOP = "stop"


class Asked(NamedTuple):
    """What has to be confirmed: on the machine of `boot` it was `was`, and suddenly `now_is`."""

    why: Why
    boot: str
    was: datetime
    now_is: datetime

    @classmethod
    def read(cls, value: str) -> "Asked":
        """As `written` wrote it."""
        why, boot, was, now_is = value.split()
        return cls(Why(why), boot, datetime.fromisoformat(was), datetime.fromisoformat(now_is))

    def written(self) -> str:
        """As the value of a fact."""
        return f"{self.why} {self.boot} {self.was.isoformat()} {self.now_is.isoformat()}"

    @property
    def step(self) -> timedelta:
        """From the one to the other."""
        return self.now_is - self.was


class Known(NamedTuple):
    """What the database knows of the time."""

    facts: Mapping[str, str]

    @property
    def asked(self) -> Asked | None:
        """What waits to be confirmed."""
        return Asked.read(self.facts[ASKED]) if ASKED in self.facts else None

    @property
    def seen_here(self) -> Seen | None:
        """When a worker on this machine last believed its clock."""
        return read_seen(self.facts.get(fact_of_here()))

    @property
    def last_seen(self) -> datetime | None:
        """When a worker on any machine last believed its clock, or somebody confirmed one."""
        seen = [value.split()[0] for name, value in self.facts.items() if name != ASKED]
        return max((datetime.fromisoformat(moment) for moment in seen), default=None)


@dataclass(frozen=True, slots=True)
class Due:
    """What the clock would press: how many issues by each button, and since when the first of them waits."""

    buttons: Mapping[str, int]
    since: datetime | None

    @property
    def count(self) -> int:
        """How many issues."""
        return sum(self.buttons.values())


def fact_of_here() -> str:
    """The name of what was seen on this machine since its start."""
    return f"{SEEN}{name_of_boot()}"


def read_seen(value: str | None) -> Seen | None:
    """As `written_seen` wrote it."""
    moment, _, steady = (value or "").partition(" ")
    return Seen(datetime.fromisoformat(moment), float(steady)) if value else None


def written_seen(seen: Seen) -> str:
    """As the value of a fact."""
    return f"{seen.moment.isoformat()} {seen.steady}"


def known_time() -> Known:
    """Every fact about the time."""
    facts = select(MarketFact.name, MarketFact.value).where(MarketFact.name.like("clock-%"))
    return Known({fact.name: fact.value for fact in db.session.execute(facts)})


def learn_time() -> Known:
    """Every fact about the time, of which this process now knows."""
    known = known_time()
    CLOCK.learn(known.seen_here, known.facts.get(CONFIRMED, ""))
    return known


def due_presses(moment: datetime) -> Due:
    """What the clock would press if it were this moment."""
    kind = (Issue.workflow, Issue.workflow_version, Issue.state)
    columns = select(*kind, func.count(), func.min(Issue.clock_at)).where(Issue.clock_at <= moment)
    buttons: Counter[str] = Counter()
    since: list[datetime | None] = []
    for workflow, version, state, count, first in db.session.execute(columns.group_by(*kind)):
        transition = _clocked(workflow, version, state)
        if transition is not None:
            buttons[transition.name] += count
            since.append(first)
    return Due(buttons, min((moment for moment in since if moment), default=None))


def _clocked(workflow: str, version: int, state: str) -> Transition | None:
    """What the clock presses. Of a workflow that this release does not know nothing: that issue fails alone."""
    versions = catalogue.WORKFLOWS.get(workflow, {})
    return versions[version].clocked(state) if version in versions else None


def due_when_confirmed(asked: Asked) -> Due:
    """What the clock would press when this is confirmed."""
    return due_presses(asked.now_is if asked.why is Why.STEP else now())


def presses_held() -> int:
    """How many presses wait for somebody who confirms the clock."""
    asked = known_time().asked
    return due_when_confirmed(asked).count if asked else 0


def clock_note() -> str:
    """For probes: whether the clock is believed."""
    asked = known_time().asked
    return f"not believed since {asked.was.isoformat()}; it waits to be confirmed" if asked else "ok"
