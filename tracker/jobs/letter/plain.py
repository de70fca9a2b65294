"""A letter as plain text: lines of at most 72 characters, what somebody said indented."""

import re
from collections.abc import Iterator
from textwrap import TextWrapper

from tracker.jobs.letter.parts import Change, Fact, Group, Item, Link, Outline, Quote

WIDTH = 72
INDENT = "    "
LIST_MARK = re.compile(r"\s*(?:(?:[-*+>]|\d+[.)])\s+)?")


def as_text(outline: Outline) -> str:
    """The letter, its parts with an empty line between."""
    return "\n\n".join(part for part in _parts(outline) if part) + "\n"


def _parts(outline: Outline) -> Iterator[str]:
    yield _wrapped(outline.why)
    yield f"{_wrapped(outline.todo)}\n{_link(outline.button)}"
    yield _wrapped(f"*** {outline.caution} ***" if outline.caution else "")
    yield _table(outline.facts)
    yield from (_item(item) for item in outline.items)
    yield from (_group(group) for group in outline.groups)
    yield _link(outline.more) if outline.more else ""
    yield _foot(outline)


def _table(facts: tuple[Fact, ...]) -> str:
    width = max((len(fact.name) for fact in facts), default=0)
    return "\n".join(f"{fact.name:<{width}}  {fact.value}" for fact in facts)


def _group(group: Group) -> str:
    head = [_wrapped(f"{group.issue.words} {group.title}"), _wrapped(group.standing), group.issue.url]
    items = [_item(item, indent="  ") for item in group.items]
    return "\n\n".join(["\n".join(line for line in head if line), *items])


def _item(item: Item, indent: str = "") -> str:
    who = ", ".join(part for part in (item.who, item.when) if part)
    first = f"{item.reason}: {who or item.did}" if item.reason else who
    lines = [_wrapped(first, indent), _wrapped(f"[{item.ring}]" if item.ring else "", indent)]
    lines += [_wrapped(item.did if who else "", indent), *(_change(change, indent) for change in item.changes)]
    lines += [_wrapped(f'"{item.excerpt}"' if item.excerpt else "", indent)]
    quote = _quote(item.quote, indent + INDENT) if item.quote else ""
    return "\n\n".join(part for part in ("\n".join(line for line in lines if line), quote) if part)


def _change(change: Change, indent: str) -> str:
    before = f"{change.old} -> " if change.old else ""
    return _wrapped(f"- {change.name}: {before}{change.new or 'nothing'}", indent, hang="  ")


def _quote(quote: Quote, indent: str) -> str:
    lines = [_wrapped(line, indent, hang=_hang(line)) for line in quote.text.splitlines()]
    rest = [f"{indent}{_link(quote.rest)}"] if quote.rest else []
    return "\n".join([*lines, *rest])


def _hang(line: str) -> str:
    """A line that is too long goes on below its first word, after the mark of a list."""
    mark = LIST_MARK.match(line)
    return " " * mark.end() if mark else ""


def _foot(outline: Outline) -> str:
    return "\n".join(["-- ", _wrapped(outline.foot), *(_link(link) for link in outline.links)])


def _link(link: Link) -> str:
    return f"{link.words}: {link.url}"


def _wrapped(text: str, indent: str = "", hang: str = "") -> str:
    """Identifiers and addresses stay whole, and so do the blanks of a line that is short enough."""
    if len(indent) + len(text) <= WIDTH:
        return f"{indent}{text}".rstrip()
    by_words = TextWrapper(WIDTH, indent, indent + hang, break_long_words=False, break_on_hyphens=False)
    return "\n".join(by_words.wrap(text))
