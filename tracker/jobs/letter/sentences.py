"""The sentences of a letter: why it comes, what to do next, whose note it holds."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from tracker.clock import in_market
from tracker.db import AnyRow
from tracker.domain.deeds import ADD_COMMENT, ATTACH, STATE_CLAIM
from tracker.domain.mail_rules import OF_THE_CLOCK, WEIGHTIEST_FIRST, WHY, Purpose
from tracker.domain.names import marked
from tracker.domain.notices import Reason
from tracker.domain.tables import complete
from tracker.mail import one_line
from tracker.models import Company
from tracker.queries.letters import Entry

DEEDS = {ADD_COMMENT: "commented", ATTACH.key: "attached a file", STATE_CLAIM.key: "stated a claim"}


def weightiest(entries: Sequence[Entry]) -> Entry:
    """The entry that the first sentence is about: of the weightiest reason, the latest."""
    return min(reversed(entries), key=lambda entry: WEIGHTIEST_FIRST.index(entry.why))


def why(entry: Entry, company: Company) -> str:
    """Why the receiver is told of one issue, and for whom where it is somebody else's."""
    standing_in = f" You stand in for {one_line(entry.instead_of)}." if entry.instead_of else ""
    return REASONS[entry.why](entry, company) + standing_in


def _mentioned(entry: Entry, company: Company) -> str:
    return f"{who_of(entry.row)} mentioned {_whom(entry)}."


def _assigned(entry: Entry, company: Company) -> str:
    return f"{who_of(entry.row)} made {_whom(entry)} the owner."


def _waiting(entry: Entry, company: Company) -> str:
    ours = _ours(entry.row, company)
    return turn(entry.row, company) if ours else "The issue waited on your company, and has moved on."


def _late(entry: Entry, company: Company) -> str:
    row = entry.row
    return f"The issue is about to be late: the clock ends {row.state} on {deadline(row.clock_at)}."


def _new(entry: Entry, company: Company) -> str:
    return f"A new issue came to your company, {one_line(company.name)}; nobody there had it yet."


def _finished(entry: Entry, company: Company) -> str:
    return f"The issue has ended: {entry.row.state}."


def _entered(entry: Entry, company: Company) -> str:
    return "The issue came into a view that you watch."


def _answered(entry: Entry, company: Company) -> str:
    return f"{who_of(entry.row)} {_answer(entry.row)}."


REASONS: Mapping[str, Callable[[Entry, Company], str]] = complete(
    "first sentences of letters",
    WHY,
    {
        Reason.MENTIONED: _mentioned,
        Reason.ASSIGNED: _assigned,
        Reason.WAITING: _waiting,
        Reason.LATE: _late,
        Reason.FINISHED: _finished,
        Reason.ANSWERED: _answered,
        Reason.ENTERED: _entered,
        Purpose.NEW: _new,
        Purpose.ANSWERED: _answered,
        Purpose.ESCALATED: _late,
    },
)
"""What the first sentence says, by why the receiver is told."""


def _whom(entry: Entry) -> str:
    return one_line(entry.instead_of) or "you"


def todo(told: Entry, entries: Sequence[Entry], company: Company) -> str:
    """What to do next with one issue: who acts next, until when, and what opening it is for."""
    row, first = told.row, why(told, company)
    late = [why(entry, company) for entry in entries if entry.why in OF_THE_CLOCK]
    parts = [
        "" if told.why == Reason.FINISHED else turn(row, company),
        *late[:1],
        _task(told, company, before_then=bool(late)),
    ]
    return " ".join(part for part in parts if part and part != first)


def turn(row: AnyRow, company: Company) -> str:
    """Who acts next."""
    if not row.is_open:
        return "The issue has ended."
    if _ours(row, company):
        return f"It waits on your company, {one_line(company.name)}."
    return f"{one_line(row.responsible)} acts next." if row.responsible else ""


def _task(told: Entry, company: Company, *, before_then: bool) -> str:
    if _ours(told.row, company) or (told.why == Reason.MENTIONED and told.row.is_open):
        return f"Open the issue to answer{' before then' if before_then else ''}."
    return "Open the issue to read on."


def act(rows: Sequence[AnyRow], reasons: set[str]) -> str:
    """Why the receiver is told of an act on many issues."""
    also = {Reason.MENTIONED: " and mentioned you", Reason.ASSIGNED: " and made you the owner"}
    words = next((words for reason, words in also.items() if reason in reasons), "")
    row, many = rows[-1], counted(len({row.number for row in rows}), "issue")
    return f"{who_of(row)} {_deed(row)} on {many}{words}."


def waiting(rows: Sequence[AnyRow], company: Company) -> str:
    """How many of these issues wait on the receiver's company at this moment."""
    issues = {row.number: _ours(row, company) for row in rows}
    ours, on = sum(issues.values()), f"on your company, {one_line(company.name)}."
    if len(issues) == 1:
        return turn(rows[-1], company)
    if ours == 0:
        return f"None of them waits {on} Open one to read on."
    if ours == 1:
        return f"One of them waits {on} Open it to answer."
    return f"{'All' if ours == len(issues) else f'{ours:,}'} of them wait {on} Open them to answer."


def caution(rings: Sequence[str]) -> str:
    """Whose notes the letter holds: who passes it on gives them away."""
    names = list(dict.fromkeys(ring for ring in rings if ring))
    if len(names) <= 1:
        return f"Holds a note for {names[0]}. Do not forward it to others." if names else ""
    return f"Holds notes for {'; for '.join(names)}. Do not forward them to others."


def ring_of(row: AnyRow) -> str:
    """Who reads a note, as the pages call it; empty for what all parties read."""
    if row.ring_company is None:
        return ""
    name = one_line(row.ring_company)
    return f"{name} and ERCOT" if row.ring_operator_id else f"{name} only"


def who_of(row: AnyRow) -> str:
    """The person of an event, and the company that it was done for."""
    return marked(f"{one_line(row.person)} of {one_line(row.company)}", of_operator=row.of_operator)


def by(row: AnyRow) -> str:
    """The same as it stands above what was done."""
    return marked(f"{one_line(row.person)}, {one_line(row.company)}", of_operator=row.of_operator)


def moved(row: AnyRow) -> str:
    """The button that was pressed, and where it led; empty for words alone."""
    if row.from_state != row.to_state:
        return f"{row.name}: {f'{row.from_state} to ' if row.from_state else ''}{row.to_state}"
    return pressed(row)


def pressed(row: AnyRow) -> str:
    """The name of the button; empty for words alone."""
    return "" if row.key == ADD_COMMENT else str(row.name)


def moment(at: datetime) -> str:
    """A time in the market."""
    return f"{in_market(at):%b %-d, %Y, %H:%M} US Central"


def deadline(at: datetime) -> str:
    """A time in the market that somebody has to keep."""
    return f"{in_market(at):%a}, {moment(at)}"


def counted(count: int, noun: str) -> str:
    """So many of them: `1 issue`, `1,200 issues`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _ours(row: AnyRow, company: Company) -> bool:
    return bool(row.is_open and row.responsible_id == company.id)


def _answer(row: AnyRow) -> str:
    if row.from_state != row.to_state:
        return f"moved the issue to {row.to_state}" if row.from_state else "filed the issue"
    if row.said is not None:
        return "answered"
    return _deed(row)


def _deed(row: AnyRow) -> str:
    return DEEDS.get(row.key, f"pressed {row.name}")
