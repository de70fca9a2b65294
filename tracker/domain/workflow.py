"""How an issue moves: states, transitions, whose turn it is, and who may press what.

A `Workflow` is data (marketrak.md section 4). `open_to` is the one function that both draws a
button and accepts its press, so what is shown and what is allowed cannot differ.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from tracker.domain.fields import Choice, CompanyRef, Field, Value
from tracker.domain.roles import Role


class Status(StrEnum):
    """The coarse status of a state (marketrak.md section 4.2)."""

    NEW = "New"
    WORKING = "Working"
    PENDING_COMPLETE = "Pending Complete"
    CLOSED = "Closed"
    WITHDRAWN = "Withdrawn"

    @property
    def is_open(self) -> bool:
        """Somebody still has to act."""
        return self not in (Status.CLOSED, Status.WITHDRAWN)


class Tone(StrEnum):
    """What kind of answer a button is; buttons stand in this order (marketrak.md section 4.1)."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    SYSTEM = "system"


class Effect(StrEnum):
    """What a transition does beyond moving the state and storing what it asked for."""

    TAKES_OWNERSHIP = "takes ownership where the company has no owner yet"
    ASSIGNS_OWNER = "makes somebody of the own company the owner"
    ASSIGNS_GROUP = "puts the issue into a work queue of the own company"
    REFRESHES_ORDER_STATUS = "reads the order's status in the market registry"
    READS_REGAINING_ORDER = "reads the regaining order in the market registry"
    AGREES_WITH_SUBMITTER = "says in the own column what the submitter says"
    MAKES_CHILDREN = "files a child issue for each ESI ID"


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What the rules need to know about one issue and the company that looks at it."""

    state: str
    roles: frozenset[Role]
    available: bool = True
    touched: bool = False
    was_unexecutable: bool = False
    is_child: bool = False
    hours_held: float = 0.0
    """Business hours since the company whose turn it is got its turn."""
    values: Mapping[str, Value] = field(default_factory=dict)


Guard = Callable[[Situation], bool]

SAME = ""
"""The `to` of a transition that leaves the state as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One button: from where, to where, who presses it, and what must be said with it.

    `source` is one state or several. `asks` are fields that may be filled, `needs` those that must.
    `system` marks what only the clock or a completed check presses; `after_days` how long the state
    may stand before the clock does.
    """

    name: str
    source: str | tuple[str, ...]
    to: str = SAME
    by: Role | tuple[Role, ...] = ()
    needs: tuple[Field, ...] = ()
    asks: tuple[Field, ...] = ()
    needs_comment: bool = False
    tone: Tone = Tone.POSITIVE
    effects: tuple[Effect, ...] = ()
    guard: Guard | None = None
    system: bool = False
    after_days: int | None = None
    key: str = ""
    help: str = ""
    """One sentence: what pressing it says to the others."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "source", (self.source,) if isinstance(self.source, str) else self.source)
        object.__setattr__(self, "by", (self.by,) if isinstance(self.by, Role) else self.by)
        object.__setattr__(self, "key", self.key or slug(self.name))

    @property
    def sources(self) -> tuple[str, ...]:
        """The states that this button stands in."""
        return self.source  # type: ignore[return-value]  # normalised to a tuple when made

    @property
    def pressers(self) -> tuple[Role, ...]:
        """The roles that may press it; none for a system transition."""
        return self.by  # type: ignore[return-value]  # normalised to a tuple when made

    @property
    def fields(self) -> tuple[Field, ...]:
        """All that its form asks for, needed first."""
        return self.needs + tuple(field.optional() for field in self.asks)

    @property
    def is_plain(self) -> bool:
        """It asks for nothing that must be typed: one press does it."""
        return not (self.needs or self.asks or self.needs_comment)

    def wants_comment(self, values: Mapping[str, Value]) -> bool:
        """Whether a comment is needed with these values: always, or for a reason such as "Other"."""
        return self.needs_comment or any(
            isinstance(field, Choice) and values.get(field.name) == "Other" for field in self.needs
        )

    def target(self, state: str) -> str:
        """The state after it is pressed in `state`."""
        return self.to or state


def slug(name: str) -> str:
    """A name as it stands in an address: `Unable To Cancel (PC)` gives `unable-to-cancel-pc`."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


@dataclass(frozen=True)
class Workflow:
    """A state machine: `turns` says whose turn each open state is, and so who is responsible.

    `turns` lists every state that the workflow uses; an end has the turn None.
    """

    key: str
    version: int
    start: str
    turns: Mapping[str, Role | None]
    transitions: tuple[Transition, ...]

    @cached_property
    def by_state(self) -> Mapping[str, tuple[Transition, ...]]:
        """The buttons of each state in the order they stand: positive, negative, system."""
        order = list(Tone)
        return {
            state: tuple(sorted((t for t in self.transitions if state in t.sources), key=lambda t: order.index(t.tone)))
            for state in self.turns
        }

    def find(self, state: str, key: str) -> Transition | None:
        """The transition `key` of `state`, whoever may press it."""
        return next((t for t in self.by_state.get(state, ()) if t.key == key), None)

    def turn(self, state: str) -> Role | None:
        """The role whose turn it is in `state`; None when the issue has ended."""
        return self.turns[state]

    def clocked(self, state: str) -> Transition | None:
        """The transition that the clock presses in `state`, if any."""
        return next((t for t in self.by_state[state] if t.after_days is not None), None)

    def edges(self) -> Iterator[tuple[str, Transition, str]]:
        """Every arrow as (state, transition, next state)."""
        for transition in self.transitions:
            for state in transition.sources:
                yield state, transition, transition.target(state)


def open_to(workflow: Workflow, situation: Situation) -> tuple[Transition, ...]:
    """The transitions that a company in this situation may press, in the order of their buttons."""
    return tuple(t for t in workflow.by_state.get(situation.state, ()) if may_press(t, situation))


def may_press(transition: Transition, situation: Situation) -> bool:
    """Whether one of the company's roles presses it and its guard allows it. Never for system transitions."""
    if transition.system or situation.roles.isdisjoint(transition.pressers):
        return False
    return transition.guard is None or transition.guard(situation)


def parties_named(fields: tuple[Field, ...], values: Mapping[str, Value]) -> dict[Role, str]:
    """The companies (DUNS by role) that a form's values bring into the issue."""
    return {
        field.role: str(values[field.name])
        for field in fields
        if isinstance(field, CompanyRef) and values.get(field.name)
    }
