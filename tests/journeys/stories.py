"""Issues on their way through the market, with a canary in everything that is said: what the judges look for.

Each walks through its workflow by the buttons that are still wanted. Beside the presses notes are written in every
ring, files attached, claims stated, links made, replies kept; and rights change.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count

import time_machine
from sqlalchemy import delete, select

from tests.cast import Cast
from tests.journeys.listeners import CONTACTS, Listeners, listeners_of
from tests.mailbox import tell
from tests.make import know_premise
from tests.samples import filled
from tests.walking import (
    BY_WORKFLOW,
    DAYS_LATER,
    FILED,
    Walk,
    answer_for,
    begin,
    players_of,
    press_once,
    presser_of,
    sees,
)
from tracker.actions.attachments import attach_url
from tracker.actions.bulk import begin_act, carry_on
from tracker.actions.claims import Statement, column_of, fields_to_state, state_claims
from tracker.actions.filing import file_issue
from tracker.actions.linking import link_issues, unlink_issues
from tracker.actions.moving import Press, fields_of, press_transition
from tracker.actions.parties import replace_party
from tracker.actions.replies import keep_reply
from tracker.db import db
from tracker.domain.fields import Field, Text
from tracker.domain.roles import Role
from tracker.domain.workflow import Transition, Workflow
from tracker.errors import Forbidden
from tracker.models import Company, Issue, IssueParty, MarketOrder, Person, WorkGroup
from tracker.queries.parties import parties_of
from tracker.queries.rings import choices_for

MOST_STEPS = 22
TOLD = "2026-11-23T22:01:00Z"
"""After everything that happens: some buttons are pressed a day later than others."""


@dataclass
class Canary:
    """Words that are nowhere else: the companies that may read them (None: all parties), and who saw them said."""

    text: str
    ring: frozenset[int] | None
    saw: frozenset[int]
    is_said: bool = True
    """In a comment, which letters quote."""
    elsewhere: frozenset[int] = frozenset()
    """The companies that read it on the hidden issue, whatever they see of this one."""
    could_be_read_by: set[int] = field(default_factory=set)
    """The companies that saw the issue at any moment since: who was replaced keeps its history until then."""


@dataclass
class Story:
    """One issue on its way, with everything that was said in it and around it."""

    walk: Walk
    hidden: Issue
    canaries: list[Canary] = field(default_factory=list)
    blocked: set[tuple[str, str]] = field(default_factory=set)

    def seeing(self) -> frozenset[int]:
        """The companies that see the issue at this moment, by their roles."""
        return frozenset(person.company_id for person in players_of(self.walk.cast) if sees(self.walk, person))

    def hear(self) -> None:
        """Let the worker tell it now: what is promised later is told with later rights."""
        for canary in self.canaries:
            canary.could_be_read_by |= self.seeing() | canary.saw
        db.session.commit()
        with time_machine.travel(TOLD, tick=False):
            tell()

    def may_read(self, canary: Canary, company_id: int) -> bool:
        return company_id in self.seeing() and (canary.ring is None or company_id in canary.ring)


class World:
    """The market in which it all happens."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.numbers = cast, count(1)
        self.rings_used: set[tuple[int, str]] = set()
        self.listeners: Listeners = listeners_of(cast, [subtype.key for subtype in BY_WORKFLOW.values()])
        self.companies = {company.duns: company.id for company in db.session.scalars(select(Company))}
        for person in players_of(cast):
            db.session.add(WorkGroup(company_id=person.company_id, name="Desk"))
        know_premise(cast)

    def word(self) -> str:
        return f"zq{next(self.numbers)}z"

    def words_in(self, fields: tuple[Field, ...]) -> dict[str, str]:
        """A canary for each field that takes any text."""
        free = [one for one in fields if type(one) is Text and one.pattern is None and one.max_length >= 12]
        return {one.name: self.word() for one in free if one.repeat == 1}

    def company_of(self, address: str) -> int:
        """The company that an address of a person or a contact belongs to."""
        domain = address.split("@")[1].removeprefix(CONTACTS).removesuffix(".example")
        return self.companies[domain]


def steps_to(workflow: Workflow, wanted: set[str]) -> dict[str, int]:
    """How many presses each state is away from one that is still wanted, by the drawing."""
    away = {state: 0 for state in workflow.turns if any(one.key in wanted for one in workflow.by_state[state])}
    for distance in count(1):
        near = {
            state
            for state in workflow.turns
            if state not in away and any(one.target(state) in away for one in workflow.by_state[state])
        }
        if not near:
            return away
        away |= dict.fromkeys(near, distance)
    return away


def next_press(story: Story, wanted: set[str]) -> tuple[Transition, Person] | None:
    """A wanted button of the present state, else one that leads nearer to one."""
    walk, state = story.walk, story.walk.issue.state
    away = steps_to(walk.workflow, wanted)
    open_now = [
        (one, person)
        for one in walk.workflow.by_state[state]
        if (state, one.key) not in story.blocked and (person := presser_of(walk, one)) is not None
    ]
    useful = [(one, person) for one, person in open_now if one.key in wanted or one.target(state) in away]
    return min(useful, key=lambda found: -1 if found[0].key in wanted else away[found[0].target(state)], default=None)


def press(world: World, story: Story, transition: Transition, person: Person) -> bool:
    """Press it with a canary in its comment and each of its free fields; False when a guard forbids it."""
    walk = story.walk
    before = answer_for(walk, person, transition)
    words = world.words_in(fields_of(walk.subtype, transition))
    said = world.word()
    own = {"NewOwner": world.listeners.people[person.company_id]["coverer"].user_name}
    raw = {**before.raw, **words, **(own if "NewOwner" in before.raw else {})}
    typed = replace(before, raw=raw, comment=f"Our {said}.")
    saw = story.seeing()  # who passes the issue on keeps what it said itself
    step = db.session.begin_nested()
    try:
        press_once(walk, person, transition, typed)
    except Forbidden:
        step.rollback()
        db.session.refresh(walk.issue)
        story.blocked.add((walk.issue.state, transition.key))
        return False
    step.commit()
    saw |= story.seeing()
    if not transition.system:
        story.canaries.append(Canary(said, None, saw))
    story.canaries += [Canary(word, None, saw, is_said=False) for word in words.values()]
    return True


def speak_beside(world: World, story: Story, turn: int) -> None:
    """A note and a file in one ring of one company, and what is never sent."""
    walk, cast = story.walk, world.cast
    able = [person for person in players_of(cast) if sees(walk, person)]
    writer = able[turn % len(able)]
    choices = choices_for(writer, walk.issue, parties_of(walk.issue.id))
    choice = choices[turn // len(able) % len(choices)]
    ring = ring_of(world, writer, choice.value)
    world.rings_used.add((writer.company_id, choice.ring))
    colleague = world.listeners.people[writer.company_id]["coverer"]
    said, titled, kept = world.word(), world.word(), world.word()
    text = f"Our {said}, @{colleague.user_name}."
    press_transition(writer, walk.issue.number, Press("add-comment", comment=text, ring=choice.value))
    story.canaries.append(Canary(said, ring, story.seeing()))
    keep_reply(colleague, walk.issue.number, "add-comment", {"comment": kept, "ring": "parties"})
    story.canaries.append(Canary(kept, frozenset(), frozenset(), is_said=False))
    if walk.issue.is_open:
        attach_url(writer, walk.issue.number, f"https://example.com/{titled}", titled, choice.value)
        story.canaries.append(Canary(titled, ring, story.seeing(), is_said=False))


def ring_of(world: World, writer: Person, value: str) -> frozenset[int] | None:
    """The companies that a ring means, by its name."""
    operator = world.cast.ercot.company_id
    if value.startswith("with:"):
        return frozenset({world.companies[value.removeprefix("with:")], operator})
    return {
        "parties": None,
        "company": frozenset({writer.company_id}),
        "operator": frozenset({writer.company_id, operator}),
    }[value]


def state_what_one_can(world: World, story: Story) -> None:
    walk = story.walk
    for person in players_of(world.cast):
        if sees(walk, person) and column_of(person, walk.issue, parties_of(walk.issue.id)):
            raw = filled(fields_to_state(walk.issue), world.cast)
            state_claims(person, walk.issue.number, Statement(raw | world.words_in(fields_to_state(walk.issue))))
            return


def begun(world: World, key: str, *, parked: bool) -> Story:
    """A new issue that everybody would hear of, and its link to one that only Acme, Corp and ERCOT see."""
    subtype, cast = BY_WORKFLOW[key], world.cast
    words = world.words_in(subtype.fields)
    said, takes_comment = world.word(), any(one.name == "CommentsText" for one in subtype.fields)
    words |= {"CommentsText": said} if takes_comment else {}
    db.session.execute(delete(MarketOrder))  # the registry knows of an order only where a story says so
    with time_machine.travel(FILED, tick=False):
        other = {"Assignee": cast.duns("corp"), "OrigTrxnID": world.word(), "CommentsText": world.word()}
        hidden = file_issue(cast.acme, "other", other)
        walk = begin(cast, subtype, parked=parked, typed=words)
    story = Story(walk, hidden)
    knowing = parties_of_hidden(cast)
    for word in (str(hidden.number), other["OrigTrxnID"], other["CommentsText"]):
        story.canaries.append(Canary(word, frozenset(), frozenset(), is_said=False, elsewhere=knowing))
    story.canaries += [Canary(word, None, story.seeing(), is_said=word == said) for word in words.values()]
    world.listeners.follow(walk.issue)
    with time_machine.travel(FILED, tick=False):
        link_issues(cast.ercot, walk.issue.number, hidden.number, "caused-by")
        story.hear()
    return story


def told_through(world: World, key: str, wanted: set[str], *, parked: bool, turns: Iterator[int]) -> Story:
    """The story of one issue; what it pressed is wanted no more."""
    story = begun(world, key, parked=parked)
    with time_machine.travel(DAYS_LATER, tick=False):
        for _ in range(MOST_STEPS):
            found = next_press(story, wanted)
            if found is None:
                break
            if press(world, story, *found):
                wanted.discard(found[0].key)
                story.hear()
                if story.walk.issue.is_open:
                    speak_beside(world, story, next(turns))
                    story.hear()
        if story.walk.issue.is_open:
            state_what_one_can(world, story)
            act_on_it(world, story)
        unlink_issues(world.cast.ercot, story.walk.issue.number, story.hidden.number)
        story.hear()
    return story


def act_on_it(world: World, story: Story) -> None:
    """An act on many, with this issue and the hidden one among them."""
    said, numbers = world.word(), [story.walk.issue.number, story.hidden.number]
    carry_on(begin_act(world.cast.ercot, numbers, "add-comment", {}, f"Our {said}.").id)
    story.canaries.append(Canary(said, None, story.seeing(), elsewhere=parties_of_hidden(world.cast)))


def parties_of_hidden(cast: Cast) -> frozenset[int]:
    return frozenset({cast.acme.company_id, cast.corp.company_id, cast.ercot.company_id})


def change_rights(world: World, story: Story) -> frozenset[int]:
    """Between the promise and the sending: a company is replaced, one wants links only, people are deactivated."""
    issue, cast = story.walk.issue, world.cast
    rows = select(IssueParty).where(IssueParty.issue_id == issue.id, IssueParty.role == Role.ASSIGNEE)
    if db.session.scalars(rows).first() and issue.is_open:
        replace_party(issue, Role.ASSIGNEE, cast.corp.company)
    cast.acme.company.link_only = True
    for person in world.listeners.people[cast.wires.company_id].values():
        person.active = False
    db.session.commit()
    return frozenset({cast.acme.company_id})


def restore_rights(world: World) -> None:
    world.cast.acme.company.link_only = False
    for person in world.listeners.people[world.cast.wires.company_id].values():
        person.active = True
    db.session.commit()
