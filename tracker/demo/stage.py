"""What all stories share, and what one of them has before it at a moment."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from tracker.demo.players import Market, Player
from tracker.demo.registry import Registry
from tracker.demo.tale import Tale
from tracker.domain.workflow import Transition


class Voice(Protocol):
    """Who writes what people say."""

    def filing(self, tale: Tale, rng: random.Random) -> str:
        """The comment with which the issue is filed; empty for none."""

    def press(self, tale: Tale, transition: Transition, player: Player, rng: random.Random, *, needed: bool) -> str:
        """What is said with a press; empty only where nothing is needed."""


@dataclass(frozen=True, eq=False)
class Stage:
    """What all stories share: companies, registry, who speaks, and the present in which they stop."""

    market: Market
    registry: Registry
    voice: Voice
    until: datetime


@dataclass(frozen=True, slots=True)
class Course:
    """Where a story tends to, how far away each state is from there, and what has been pressed how often."""

    target: str
    away: Mapping[str, int]
    pressed: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Option:
    """One button that one company could press now."""

    transition: Transition
    player: Player
