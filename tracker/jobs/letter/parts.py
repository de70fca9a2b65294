"""The parts of a letter, before they become text or HTML: both forms print the same."""

from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead somewhere."""

    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that is so of an issue, by its name."""

    name: str
    value: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A value that is another than before."""

    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody said, as they wrote it and as pages show it; `rest` leads to what is left out."""

    text: str
    html: Markup
    rest: Link | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """Something that happened, with what was said: the `quote`, or among many things an `excerpt` on one line.

    `reason` is the word for why it is told, `ring` names the readers of a note.
    """

    who: str
    when: str
    did: str = ""
    reason: str = ""
    ring: str = ""
    changes: tuple[Change, ...] = ()
    quote: Quote | None = None
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """An issue among others, how it stands, and what happened to it."""

    issue: Link
    title: str = ""
    standing: str = ""
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Outline:
    """A whole letter: why it comes, what to do, and the rest.

    `caution` says whose note it holds. A letter about one issue has facts and items, one about several has groups.
    """

    why: str
    todo: str
    button: Link
    caution: str = ""
    facts: tuple[Fact, ...] = ()
    items: tuple[Item, ...] = ()
    groups: tuple[Group, ...] = ()
    more: Link | None = None
    foot: str = ""
    links: tuple[Link, ...] = ()
