"""Saying that two issues belong together, and taking it back.

The history of both says so, to those who see both: a link must not tell anybody of an issue that is not theirs.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress

from sqlalchemy import or_, select

from tracker.actions.history import Change, record
from tracker.clock import now
from tracker.db import db
from tracker.domain.deeds import LINK, UNLINK, Beside
from tracker.domain.links import BACK, BY_KEY, FOLLOWS, reads
from tracker.domain.permissions import Right
from tracker.errors import Invalid, NotFound
from tracker.models import Issue, IssueLink, Person
from tracker.queries.rights import require
from tracker.queries.visibility import NO_SUCH_ISSUE, issue_for

NO_SUCH_KIND = "Choose from the list how the issues belong together."


def link_issues(actor: Person, number: int, other_number: int, kind: str) -> Issue:
    """Link two issues that the actor's company both sees. Raises `Invalid`, and `NotFound` for one that it does not."""
    issue, other = _both(actor, number, other_number)
    if other.id == issue.id:
        raise Invalid({"other": "This is the number of the issue itself. Type the number of another one."})
    if kind not in BY_KEY:
        raise Invalid({"kind": NO_SUCH_KIND})
    if _link_between(issue, other) is not None:
        raise Invalid({"other": "The two are linked already. Remove that link first."})
    _link(actor, issue, other, kind)
    _tell(actor, issue, other, LINK, kind, forth=True)
    _tell(actor, other, issue, LINK, kind, forth=False)
    return issue


def link_many(actor: Person, number: int, others: Sequence[int], choice: str) -> None:
    """Link the issue with each of the others, or with none of them. `choice` is one of `domain.links.CHOICES`.

    Raises `Invalid` with every number that cannot be linked, and why.
    """
    issue_for(actor, number)
    kind = choice.removesuffix(BACK)
    if kind not in BY_KEY:
        raise Invalid({"kind": NO_SUCH_KIND})
    _hold(actor, [number, *others])
    refused: dict[str, list[int]] = defaultdict(list)
    for other in sorted(set(others)):
        try:
            link_issues(actor, *((number, other) if choice == kind else (other, number)), kind)
        except NotFound:
            refused[NO_SUCH_ISSUE].append(other)
        except Invalid as reason:
            refused[reason.errors["other"]].append(other)
    if refused:
        raise Invalid({"other": _reasons(refused, alone=len(others) == 1)})


def _reasons(refused: Mapping[str, Sequence[int]], *, alone: bool) -> str:
    """Why nothing was linked; by number, unless only one was typed."""
    if alone:
        return next(iter(refused))
    told = [f"{', '.join(map(str, numbers))}: {reason}" for reason, numbers in refused.items()]
    return " ".join([*told, "Nothing is linked yet."])


def unlink_issues(actor: Person, number: int, other_number: int) -> None:
    """Take a link back. Raises `NotFound` when there is none, or one of the issues is not seen."""
    issue, other = _both(actor, number, other_number)
    link = _link_between(issue, other)
    if link is None:
        raise NotFound("These two issues are not linked.")
    forth = link.issue_id == issue.id
    _tell(actor, issue, other, UNLINK, link.kind, forth=forth)
    _tell(actor, other, issue, UNLINK, link.kind, forth=not forth)
    db.session.delete(link)
    db.session.flush()


def link_follow_up(actor: Person, issue: Issue, follows: Issue) -> None:
    """Say that a new issue continues a finished one."""
    _link(actor, issue, follows, FOLLOWS)


def _hold(actor: Person, numbers: Collection[int]) -> None:
    """Hold all of these issues, always in one order, as far as they are seen: who links others of them waits."""
    for number in sorted(set(numbers)):
        with suppress(NotFound):
            issue_for(actor, number, to_change=True)


def _both(actor: Person, number: int, other_number: int) -> tuple[Issue, Issue]:
    """Both are held, always in one order: two people who link them from either side act one after the other."""
    held = {one: issue_for(actor, one, to_change=True) for one in sorted({number, other_number})}
    require(actor, Right.WORK_ISSUES)
    return held[number], held[other_number]


def _link(actor: Person, issue: Issue, other: Issue, kind: str) -> None:
    db.session.add(IssueLink(issue_id=issue.id, other_id=other.id, kind=kind, person_id=actor.id, at=now()))
    db.session.flush()


def _link_between(issue: Issue, other: Issue) -> IssueLink | None:
    pair = or_(
        (IssueLink.issue_id == issue.id) & (IssueLink.other_id == other.id),
        (IssueLink.issue_id == other.id) & (IssueLink.other_id == issue.id),
    )
    return db.session.scalar(select(IssueLink).where(pair).limit(1))


def _tell(actor: Person, issue: Issue, other: Issue, deed: Beside, kind: str, *, forth: bool) -> None:
    words = f"{reads(kind, forth=forth)} {other.number}"
    old, new = ("", words) if deed is LINK else (words, "")
    change = Change(field="Link", label="Link", old=old, new=new)
    record(actor, issue, deed, from_state=issue.state, changes=[change], about=other)
