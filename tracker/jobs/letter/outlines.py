"""What a letter says, part by part: of one issue, of an act on many, of a morning, or in numbers and links alone."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from urllib.parse import quote_plus

from tracker.db import AnyRow
from tracker.domain import catalogue
from tracker.domain.mail_rules import OF_THE_CLOCK, WHY
from tracker.jobs.letter import sentences
from tracker.jobs.letter.parts import Change, Fact, Group, Item, Link, Outline
from tracker.jobs.letter.quotes import excerpt_of, quote_of
from tracker.mail import one_line
from tracker.models import Company, Mail
from tracker.queries.letters import Content, Entry

LONGEST_VALUE = 200


def outline_of(mail: Mail, content: Content, base_url: str) -> Outline:
    """The parts of this letter."""
    if content.link_only:
        return _bare(mail, content, base_url)
    if mail.issue_id is not None:
        return _of_one_issue(mail, content, base_url)
    if mail.act_id is not None and is_one_act(content):
        return _of_an_act(mail, content, base_url)
    return _of_many(mail, content, base_url)


def is_one_act(content: Content) -> bool:
    """All entries say the same, so that it is said once; a reminder of the clock is no act."""
    said = {(one.row.key, one.row.person_id, one.row.said, one.row.ring_company_id) for one in content.entries}
    return len(said) == 1 and not is_reminder(content)


def is_reminder(content: Content) -> bool:
    """Nothing happened: the clock does something soon."""
    return all(entry.why in OF_THE_CLOCK for entry in content.entries)


def counted_of(content: Content, noun: str) -> str:
    """How much the letter tells of, with what is left out."""
    return sentences.counted(len(content.entries) + content.more, noun)


def _of_one_issue(mail: Mail, content: Content, base_url: str) -> Outline:
    company, told = content.company, sentences.weightiest(content.entries)
    news = [entry.row for entry in content.entries if entry.why not in OF_THE_CLOCK]
    return Outline(
        why=sentences.why(told, company),
        todo=sentences.todo(told, content.entries, company),
        button=_button(mail, [told.row], base_url),
        caution=sentences.caution([sentences.ring_of(row) for row in news]),
        facts=tuple(_facts(told.row, company, base_url)),
        items=tuple(_item(row, base_url) for row in news),
        more=_more(mail, content, base_url),
        foot=_foot(mail, company),
        links=_links(mail, base_url),
    )


def _of_an_act(mail: Mail, content: Content, base_url: str) -> Outline:
    """What was said on all of them stands once; what changed stands once where it is the same."""
    rows = [entry.row for entry in content.entries]
    alike = all(row.changes == rows[0].changes for row in rows)
    return Outline(
        why=sentences.act(rows, {entry.why for entry in content.entries}),
        todo=sentences.waiting(rows, content.company),
        button=_button(mail, rows, base_url),
        caution=sentences.caution([sentences.ring_of(rows[0])]),
        items=(_item(rows[-1], base_url, changes=alike, moves=False),),
        groups=tuple(_group(row, content.company, base_url, _changed(row, alike)) for row in rows),
        more=_more(mail, content, base_url),
        foot=_foot(mail, content.company),
        links=_links(mail, base_url),
    )


def _of_many(mail: Mail, content: Content, base_url: str) -> Outline:
    """By issue, the one with the newest event first; within it the oldest first."""
    groups = _by_issue(content.entries)
    rows = [entries[-1].row for entries in groups]
    return Outline(
        why=_of_what(mail, content, len(groups)),
        todo=sentences.waiting(rows, content.company),
        button=_button(mail, rows, base_url),
        caution=sentences.caution([sentences.ring_of(entry.row) for entry in content.entries]),
        groups=tuple(
            _group(entries[-1].row, content.company, base_url, tuple(_short(one) for one in entries))
            for entries in groups
        ),
        more=_more(mail, content, base_url),
        foot=_foot(mail, content.company),
        links=_links(mail, base_url),
    )


def _bare(mail: Mail, content: Content, base_url: str) -> Outline:
    """Numbers, links, and reasons in words of ours: nothing of what a company filed or somebody wrote."""
    groups = _by_issue(content.entries)
    one = groups[0][0].row if len(groups) == 1 else None
    why = f"{WHY[sentences.weightiest(content.entries).why]}." if one else f"{counted_of(content, 'notice')}."
    return Outline(
        why=why,
        todo="Open the issue to read on." if one else "Open them to read on.",
        button=_button(mail, [entry.row for entry in content.entries], base_url),
        facts=(Fact("Issue", str(one.number), _address(one, base_url)),) if one else (),
        groups=() if one else tuple(_bare_group(entries, base_url) for entries in groups),
        more=_more(mail, content, base_url),
        foot=f"Your company lets letters hold numbers and links only. {_foot(mail, content.company)}",
        links=_links(mail, base_url),
    )


def _bare_group(entries: Sequence[Entry], base_url: str) -> Group:
    row, reasons = entries[-1].row, dict.fromkeys(WHY[entry.why] for entry in entries)
    return Group(Link(str(row.number), _address(row, base_url)), standing="; ".join(reasons))


def _of_what(mail: Mail, content: Content, issues: int) -> str:
    many = sentences.counted(issues, "issue")
    if is_reminder(content):
        return f"{many} {'is' if issues == 1 else 'are'} about to be late."
    newest = f"; the newest {len(content.entries)} stand here" if content.more else ""
    first = "" if mail.act_id else "Your letter of the morning: "
    return f"{first}{counted_of(content, 'notice')} about {many}{newest}."


def _by_issue(entries: Sequence[Entry]) -> list[list[Entry]]:
    in_order = sorted(entries, key=lambda entry: entry.row.number)
    groups = [list(some) for _, some in groupby(in_order, key=lambda entry: entry.row.number)]
    return sorted(groups, key=lambda some: max(entry.row.id for entry in some), reverse=True)


def _facts(row: AnyRow, company: Company, base_url: str) -> Iterator[Fact]:
    yield Fact("Issue", str(row.number), _address(row, base_url))
    yield Fact("Subtype", catalogue.by_key(row.subtype).name)
    if row.esi_id:
        yield Fact("ESI ID", one_line(row.esi_id))
    yield Fact("State", row.state)
    if row.responsible and row.is_open:
        ours = " (your company)" if row.responsible_id == company.id else ""
        yield Fact("Acts next", f"{one_line(row.responsible)}{ours}")
    if row.clock_at and row.is_open:
        yield Fact("Ends by itself", sentences.deadline(row.clock_at))


def _item(row: AnyRow, base_url: str, *, changes: bool = True, moves: bool = True) -> Item:
    return Item(
        who=sentences.by(row),
        when=sentences.moment(row.at),
        did=sentences.moved(row) if moves else sentences.pressed(row),
        ring=sentences.ring_of(row),
        changes=_changes(row) if changes else (),
        quote=quote_of(row, base_url),
    )


def _short(entry: Entry) -> Item:
    """What a digest says of an entry, after the word for its reason."""
    row, reason = entry.row, entry.why.capitalize()
    if entry.why in OF_THE_CLOCK:
        return Item("", "", f"The clock ends {row.state} on {sentences.deadline(row.clock_at)}", reason)
    return Item(
        who=sentences.by(row),
        when=sentences.moment(row.at),
        did=sentences.moved(row),
        reason=reason,
        ring=sentences.ring_of(row),
        changes=_changes(row),
        excerpt=excerpt_of(row),
    )


def _group(row: AnyRow, company: Company, base_url: str, items: tuple[Item, ...]) -> Group:
    turn = sentences.turn(row, company).removesuffix(".") if row.is_open else ""
    standing = f"{row.state}. {turn}" if turn else row.state
    return Group(Link(str(row.number), _address(row, base_url)), one_line(row.title), standing, items)


def _changed(row: AnyRow, alike: bool) -> tuple[Item, ...]:
    """What changed on one issue of an act, where it is not the same on all."""
    return () if alike or not row.changes else (Item("", "", changes=_changes(row)),)


def _changes(row: AnyRow) -> tuple[Change, ...]:
    return tuple(Change(one_line(one["label"]), _value(one["old"]), _value(one["new"])) for one in row.changes)


def _value(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= LONGEST_VALUE else f"{line[:LONGEST_VALUE]}…"


def _address(row: AnyRow, base_url: str) -> str:
    return f"{base_url}/issues/{row.number}"


def _button(mail: Mail, rows: Sequence[AnyRow], base_url: str) -> Link:
    one = len({row.number for row in rows}) == 1
    return Link("Open the issue", _address(rows[0], base_url)) if one else _overview(mail, base_url)


def _overview(mail: Mail, base_url: str) -> Link:
    """Where the rest stands: a contact has no inbox."""
    if mail.person_id:
        return Link("Open your inbox", f"{base_url}/inbox")
    return Link("Open what waits on your company", f"{base_url}/issues?q={quote_plus('is:ours')}")


def _more(mail: Mail, content: Content, base_url: str) -> Link | None:
    return Link(f"And {content.more:,} more", _overview(mail, base_url).url) if content.more else None


def _foot(mail: Mail, company: Company) -> str:
    unread = "Answers to this letter are not read."
    if mail.person_id:
        return unread
    name = one_line(company.name)
    return f"{unread} It goes to this address because the administrators of {name} keep it under Contacts."


def _links(mail: Mail, base_url: str) -> tuple[Link, ...]:
    if mail.person_id:
        choices = Link("Choose what you get by e-mail", f"{base_url}/account#mail")
        return Link("Your inbox", f"{base_url}/inbox"), choices
    return (Link("Contacts", f"{base_url}/contacts"),)
