"""Many issues at once: which they are, what can be done with them, and which would be left out, and why."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import Integer, func, select

from tracker.alone import all_but_broken
from tracker.db import AnyRow, batched, db
from tracker.domain.claims import RIGHT_SIDE, completes, questions_of
from tracker.domain.fields import Field
from tracker.domain.roles import Role
from tracker.domain.sentence import Sentence
from tracker.domain.workflow import Transition, open_to
from tracker.errors import NotFound
from tracker.models import BulkAct, BulkItem, Issue, IssueParty, IssueViewer, Person
from tracker.queries.claims import claims_for
from tracker.queries.kinds import workflow_of
from tracker.queries.parties import parties_among, situation_in
from tracker.queries.plans import Plan
from tracker.queries.shapes import conditions_of, shaped
from tracker.queries.visibility import VIEWER, sees
from tracker.search import Engine

MOST = 5_000
EDIT = "edit"
BROKE = Sentence(
    "issue-broke",
    "Something broke on our side. Open it and try there; if it breaks again, tell the operator.",
)
"""Why an issue is left out for which nobody is to blame but us."""


class Way(NamedTuple):
    """Something that can be done with the chosen issues, how many of them allow it, and the states that it leads to."""

    key: str
    name: str
    issues: int
    leads_to: tuple[str, ...] = ()
    """None where the state stays."""


@dataclass(frozen=True)
class Preview:
    """What one transition would do, and what its form asks for: to whom, and who is left out, by reason."""

    transition: Transition
    fields: tuple[Field, ...]
    will: list[Issue]
    left_out: dict[str, list[int]] = field(default_factory=dict)


def numbers_found(actor: Person, plan: Plan, engine: Engine) -> list[int]:
    """The numbers of the issues of a query that the actor sees, the last changed first: at most `MOST`."""
    part = shaped(plan.whole)
    conditions = conditions_of(part.shape, engine.among, by_own_rows=not actor.company.is_operator)
    ours = (IssueViewer.issue_id == Issue.id) & (IssueViewer.company_id == VIEWER)
    found = select(Issue.number).join(IssueViewer, ours).where(*conditions).order_by(Issue.changed_at.desc())
    return list(db.session.scalars(found.limit(MOST), {**part.values, "viewer": actor.company_id}))


def chosen(actor: Person, numbers: Sequence[int]) -> list[Issue]:
    """The issues of these numbers that the actor's company sees, in their order; foreign ones are as absent."""
    wanted = list(dict.fromkeys(numbers))[:MOST]
    found: dict[int, Issue] = {}
    for some in batched(wanted):
        issues = select(Issue).where(Issue.number.in_(some), sees(actor))
        found |= {issue.number: issue for issue in db.session.scalars(issues)}
    return [found[number] for number in wanted if number in found]


def ways_open(actor: Person, issues: Sequence[Issue]) -> list[Way]:
    """What at least one of the issues allows the actor's company now, with how many do; what all allow first."""
    counted: dict[str, list[Transition]] = defaultdict(list)
    for _, buttons in _buttons(actor, issues):
        for button in buttons:
            counted[button.key].append(button)
    ways = [
        Way(key, same[0].name, len(same), tuple(sorted({button.to for button in same if button.to})))
        for key, same in counted.items()
        if key != EDIT
    ]
    return sorted(ways, key=lambda way: (-way.issues, way.name))


def preview_of(actor: Person, issues: Sequence[Issue], key: str) -> Preview:
    """Which of the issues take this transition now, by one form for all. Raises `NotFound` when none does."""
    readable = dict(_buttons(actor, issues))
    allowed = {issue: button for issue, buttons in readable.items() for button in buttons if button.key == key}
    if not allowed or key == EDIT:
        raise NotFound("None of these issues has this button for your company now. Choose again from the list.")
    asked = _asked(actor, allowed)
    forms: dict[tuple[Field, ...], list[Issue]] = defaultdict(list)
    for issue in allowed:
        forms[asked[issue.id]].append(issue)
    fields, will = max(forms.items(), key=lambda form: len(form[1]))
    preview, taken = Preview(allowed[will[0]], fields, will), set(will)
    for issue in issues:
        if issue not in taken:
            reason = _reason(issue, asked.get(issue.id), fields) if issue in readable else BROKE
            preview.left_out.setdefault(reason, []).append(issue.number)
    return preview


def _asked(actor: Person, allowed: Mapping[Issue, Transition]) -> dict[int, tuple[Field, ...]]:
    """What the form asks for on each issue; who was right, where its sides disagree."""
    completed = [issue for issue, button in allowed.items() if completes(button)]
    claims = claims_for(actor.company_id, completed, parties_among([issue.id for issue in completed]))
    questions = {issue: questions_of(button, claims.get(issue.id)) for issue, button in allowed.items()}
    needed = {issue: tuple(one for one in asked if one.required) for issue, asked in questions.items()}
    return {issue.id: button.fields + needed[issue] for issue, button in allowed.items()}


def _reason(issue: Issue, asked: tuple[Field, ...] | None, form: tuple[Field, ...]) -> str:
    if asked is None:
        return "It has ended" if not issue.is_open else f"{issue.state}: your company has no such button there"
    if _asks_who_was_right(asked):
        return "Its sides still disagree: complete it there, and say which column was right"
    if _asks_who_was_right(form):
        return "Nothing in it is disputed: complete it by itself, or choose those without a dispute"
    return "Its form asks for other things than that of the others: press it there"


def _asks_who_was_right(asked: tuple[Field, ...]) -> bool:
    return any(one.name == RIGHT_SIDE.name for one in asked)


def _buttons(actor: Person, issues: Sequence[Issue]) -> Iterator[tuple[Issue, tuple[Transition, ...]]]:
    """Each issue with the buttons that stand for the actor's company; one that breaks keeps the others from nothing."""
    roles = _roles(actor, issues)

    def with_buttons(issue: Issue) -> Iterator[tuple[Issue, tuple[Transition, ...]]]:
        yield issue, open_to(workflow_of(issue), situation_in(issue, frozenset(roles[issue.id])))

    yield from all_but_broken("the buttons of an issue", issues, with_buttons)


def _roles(actor: Person, issues: Sequence[Issue]) -> dict[int, set[Role]]:
    """The roles of the actor's company on each issue; the operator has its own on every one."""
    own = {Role.ERCOT} if actor.company.is_operator else set()
    roles: dict[int, set[Role]] = defaultdict(lambda: set(own))
    for some in batched([issue.id for issue in issues]):
        rows = select(IssueParty.issue_id, IssueParty.role).where(
            IssueParty.issue_id.in_(some),
            IssueParty.company_id == actor.company_id,
            IssueParty.role != Role.PRIOR_INVOLVED,
        )
        for issue_id, role in db.session.execute(rows):
            roles[issue_id].add(Role(role))
    return roles


class Progress(NamedTuple):
    """How far an act has come."""

    total: int
    done: int
    left_out: int

    @property
    def ended(self) -> bool:
        """Nothing is left to be done."""
        return self.done + self.left_out == self.total


def act_of(actor: Person, public_id: str) -> BulkAct:
    """The act that the actor began. Raises `NotFound`."""
    act = db.session.scalar(select(BulkAct).where(BulkAct.public_id == public_id, BulkAct.person_id == actor.id))
    if act is None:
        raise NotFound("There is no such act among those that you began.")
    return act


def cause_of(actor: Person, act: BulkAct) -> int | None:
    """The number of the issue that the act was begun on, while the actor's company sees it."""
    return (
        db.session.scalar(select(Issue.number).where(Issue.id == act.cause_id, sees(actor))) if act.cause_id else None
    )


def acts_of(actor: Person) -> Sequence[BulkAct]:
    """The latest acts that the actor began."""
    own = select(BulkAct).where(BulkAct.person_id == actor.id)
    return db.session.scalars(own.order_by(BulkAct.id.desc()).limit(50)).all()


def progress_of(act: BulkAct) -> Progress:
    """How many issues the act is for, how many are done, and how many were left out."""
    return progress_among([act])[act.id]


def progress_among(acts: Sequence[BulkAct]) -> Mapping[int, Progress]:
    """The same for several acts, by id."""
    done = func.sum(BulkItem.done.is_(True).cast(Integer))
    left = func.sum(BulkItem.done.is_(False).cast(Integer))
    counted = select(BulkItem.act_id, func.count(), done, left).where(BulkItem.act_id.in_([act.id for act in acts]))
    rows = db.session.execute(counted.group_by(BulkItem.act_id))
    found = {row[0]: Progress(row[1], row[2] or 0, row[3] or 0) for row in rows}
    return {act.id: found.get(act.id, Progress(0, 0, 0)) for act in acts}


def left_out_of(actor: Person, act: BulkAct) -> Sequence[AnyRow]:
    """The issues that were left out, with the reason; only those that the actor's company still sees are named."""
    rows = select(Issue.number, BulkItem.reason).join(Issue, Issue.id == BulkItem.issue_id)
    return db.session.execute(rows.where(BulkItem.act_id == act.id, BulkItem.done.is_(False), sees(actor))).all()
