"""The keys of the query language: what each is called, what values it takes, and what it means to people.

Keys are a public contract: saved views and other programs hold them. One that is renamed keeps its old name as an
alias for ever.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from tracker.domain import catalogue
from tracker.domain.roles import ACTIVE_ROLES
from tracker.domain.states import STATUS_OF
from tracker.domain.tables import complete
from tracker.domain.workflow import Status


class Kind(StrEnum):
    """What a value of a key is."""

    IDENTIFIER = "identifier"
    CHOICE = "choice"
    FLAG = "flag"
    COMPANY = "company"
    PERSON = "person"
    GROUP = "group"
    DAY = "day"
    TEXT = "text"
    ISSUE = "issue"
    SORT = "sort"


class Form(StrEnum):
    """How a value is compared, where a key knows several ways: each is a condition of its own."""

    PLAIN = ""
    NOBODY = "nobody"
    FROM = "from"
    BEFORE = "before"
    WHOLE = "whole"
    BEGINS = "begins"
    BEGINS_OR_ENDS = "begins or ends"


FORMS: Mapping[Kind, tuple[Form, ...]] = complete(
    "forms of values",
    Kind,
    {
        Kind.IDENTIFIER: (Form.WHOLE, Form.BEGINS, Form.BEGINS_OR_ENDS),
        Kind.CHOICE: (Form.PLAIN,),
        Kind.FLAG: (),
        Kind.COMPANY: (Form.PLAIN,),
        Kind.PERSON: (Form.PLAIN,),
        Kind.GROUP: (Form.PLAIN,),
        Kind.DAY: (Form.FROM, Form.BEFORE),
        Kind.TEXT: (),
        Kind.ISSUE: (Form.PLAIN,),
        Kind.SORT: (),
    },
)
"""A flag is a condition for each of its values; words are the engine's, and an order asks for nothing."""

BOUNDED = frozenset({Kind.DAY})
"""Kinds of values that have an order: they take `>=`, `<` and `..`."""

STARRED = frozenset({Kind.TEXT, Kind.IDENTIFIER})
"""Kinds of values of which a beginning and a star may stand for the whole."""

IDENTIFIER = "identifier"
"""What is asked for without a key: an identifier of any kind."""

NOBODY, ME, OWN_COMPANY = "nobody", "@me", "@mycompany"
"""Values that mean another thing to each reader, or none at all."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that a key takes, and what people call it."""

    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key. Who is not of the operator does not know an `operator_only` key.

    `condition` is what its values ask for, under the name of another key where that asks for the same. `nobody` says
    what “nobody” means; a key without it does not take that value.
    """

    name: str
    kind: Kind
    help: str
    example: str
    aliases: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    operator_only: bool = False
    condition: str = ""
    nobody: str = ""


def _named(values: Mapping[str, str]) -> tuple[Choice, ...]:
    return tuple(Choice(value, label) for value, label in values.items())


SUBTYPES = tuple(Choice(s.key, s.full_name) for s in (*catalogue.SUBTYPES, *catalogue.RETIRED))
TYPES = tuple(dict.fromkeys(Choice(s.type, s.type) for s in (*catalogue.SUBTYPES, *catalogue.RETIRED)))
FAMILIES = tuple(dict.fromkeys(Choice(s.family, s.family) for s in (*catalogue.SUBTYPES, *catalogue.RETIRED)))
STATUSES = (
    *(Choice(status, status) for status in Status),
    Choice("open", "Open"),
    Choice("ended", "Ended"),
)
HAS = _named(
    {
        "attachment": "A file or an address is attached",
        "comment": "Somebody said something",
        "owner": "Somebody of our company owns it",
        "group": "It lies in a group of our company",
        "link": "It is linked with another issue",
        "child": "It was split into child issues",
        "parent": "It is a child of another issue",
        "warning": "A check warned, and it waits with its filer",
    }
)
IS = _named(
    {
        "open": "Not ended",
        "ended": "Ended",
        "ours": "Our turn",
        "theirs": "Another company’s turn",
        "mine": "I own it",
        "untouched": "Nobody but the submitter has touched it",
        "unexecutable": "It was said to be unexecutable",
    }
)
RELEVANCE = "relevance"
SORTS = _named({"changed": "Last changed", "created": "Submitted", "turn": "Turn since", RELEVANCE: "Best match first"})

KEYS: tuple[Key, ...] = (
    Key(
        name="id",
        kind=Kind.IDENTIFIER,
        condition="number",
        help="The issue’s number, its beginning or its last 6 digits.",
        example="id:260004171",
        aliases=("number", "issue"),
    ),
    Key(
        name="esiid",
        kind=Kind.IDENTIFIER,
        help="An ESI ID, its beginning or its last 6 digits.",
        example="esiid:10089010123456789",
        aliases=("esi", "esi_id", "esi-id"),
    ),
    Key(
        name="tran",
        kind=Kind.IDENTIFIER,
        help="Any transaction id of the issue, with or without dashes.",
        example="tran:EVT-2026-000123",
        aliases=("txn", "tran-id", "orig-tran"),
    ),
    Key(
        name="subtype",
        kind=Kind.CHOICE,
        help="The subtype, by its key or its name.",
        example='subtype:"Inadvertent Losing"',
        choices=SUBTYPES,
    ),
    Key(
        name="type",
        kind=Kind.CHOICE,
        condition="subtype",
        help="The issue type.",
        example="type:D2D",
        choices=TYPES,
    ),
    Key(
        name="family",
        kind=Kind.CHOICE,
        condition="subtype",
        help="The family of subtypes.",
        example=f'family:"{FAMILIES[0].value}"',
        choices=FAMILIES,
    ),
    Key(
        name="state",
        kind=Kind.CHOICE,
        help="The state of the workflow.",
        example='state:"Pending Complete"',
        choices=tuple(Choice(s, s) for s in STATUS_OF),
    ),
    Key(
        name="status",
        kind=Kind.CHOICE,
        help="New, In Progress, …, or open and ended.",
        example="status:open",
        choices=STATUSES,
    ),
    Key(
        name="turn",
        kind=Kind.COMPANY,
        help="The company whose turn it is; nobody for ended issues.",
        example="turn:@mycompany",
        nobody="It has ended",
        aliases=("responsible", "waiting-on"),
    ),
    Key(
        name="party",
        kind=Kind.COMPANY,
        help="A company that takes part, in any role.",
        example="party:centerpoint",
        aliases=("company", "involves"),
    ),
    Key(
        name="role",
        kind=Kind.CHOICE,
        help="The role of your own company.",
        example="role:assignee",
        choices=tuple(Choice(r, r) for r in ACTIVE_ROLES),
    ),
    *(
        Key(
            name=name,
            kind=Kind.COMPANY,
            help=f"The company that is {role} on the issue.",
            example=f"{name}:oncor",
            aliases=aliases,
        )
        for name, role, aliases in (
            ("submitter", "Submitter", ("filed-by",)),
            ("assignee", "Assignee", ()),
            ("tdsp", "TDSP", ()),
            ("gaining", "Gaining", ()),
            ("losing", "Losing", ()),
            ("secondary", "Secondary", ()),
        )
    ),
    Key(
        name="owner",
        kind=Kind.PERSON,
        help="Who owns it in your company: a user name, @me, or nobody.",
        example="owner:@me",
        nobody="Nobody yet",
    ),
    Key(
        name="group",
        kind=Kind.GROUP,
        help="The group of your company in which it lies, or nobody.",
        example='group:"Switching desk"',
        nobody="In no group",
    ),
    Key(
        name="created",
        kind=Kind.DAY,
        help="The day on which it was filed.",
        example="created:2026-01..2026-03",
        aliases=("filed", "submitted"),
    ),
    Key(
        name="updated",
        kind=Kind.DAY,
        help="The day of its last change.",
        example="updated:>=@today-5bd",
        aliases=("changed",),
    ),
    Key(name="available", kind=Kind.DAY, help="The day since when all parties see it.", example="available:@today"),
    Key(name="closed", kind=Kind.DAY, help="The day on which it ended.", example="closed:2026-02", aliases=("ended",)),
    Key(name="due", kind=Kind.DAY, help="The day on which it will move by itself.", example="due:<=@today+5bd"),
    Key(
        name="text",
        kind=Kind.TEXT,
        help="Words anywhere: title, fields, comments, attachments.",
        example='text:"meter swap"',
    ),
    Key(name="comment", kind=Kind.TEXT, help="Words in comments.", example="comment:disconnect*"),
    Key(
        name="attachment",
        kind=Kind.TEXT,
        help="Words in the names of attachments and inside them.",
        example="attachment:867",
    ),
    Key(
        name="has",
        kind=Kind.FLAG,
        help="Something is there; -has: when it is not.",
        example="has:attachment",
        choices=HAS,
    ),
    Key(name="is", kind=Kind.FLAG, help="How the issue stands.", example="is:ours", choices=IS),
    Key(
        name="source",
        kind=Kind.CHOICE,
        help="How it was filed.",
        example="source:gui",
        choices=_named({"gui": "In the browser", "api": "By a program", "bulk": "From a file"}),
    ),
    Key(name="linked", kind=Kind.ISSUE, help="Linked with the issue of this number.", example="linked:260004171"),
    Key(name="cause", kind=Kind.ISSUE, help="Caused by the issue of this number.", example="cause:260004171"),
    Key(name="parent", kind=Kind.ISSUE, help="A child of the issue of this number.", example="parent:260004171"),
    Key(
        name="viewer",
        kind=Kind.COMPANY,
        help="A company that sees the issue at present.",
        example="viewer:oncor",
        operator_only=True,
    ),
    Key(
        name="sort",
        kind=Kind.SORT,
        help="The order; a minus puts the newest first.",
        example="sort:-created",
        choices=SORTS,
    ),
)
"""Every key, in the order in which they are offered."""

BY_NAME: Mapping[str, Key] = {name: key for key in KEYS for name in (key.name, *key.aliases)}
"""Every key by its name and by its aliases."""


def condition_of(key: Key, form: str = Form.PLAIN) -> str:
    """The name of the condition that a value of this key asks for."""
    return f"{key.condition or key.name} {form}".rstrip()


def conditions_of(key: Key) -> Iterator[str]:
    """The names of all conditions that values of this key can ask for."""
    forms = [choice.value for choice in key.choices] if key.kind is Kind.FLAG else FORMS[key.kind]
    for form in (*forms, *([Form.NOBODY] if key.nobody else [])):
        yield condition_of(key, form)


def keys_for(*, operator: bool) -> tuple[Key, ...]:
    """The keys that a reader may use."""
    return tuple(key for key in KEYS if operator or not key.operator_only)


def slug(text: str) -> str:
    """A value as it is compared: without case, and with one dash for whatever is neither letter nor digit."""
    return re.sub(r"[\W_]+", "-", text.casefold()).strip("-")


def matching(choices: tuple[Choice, ...], typed: str) -> tuple[Choice, ...]:
    """The choices that are meant: by value or label, else all whose label has words that begin as those typed."""
    wanted = slug(typed)
    exact = tuple(choice for choice in choices if wanted in (slug(choice.value), slug(choice.label)))
    return exact or tuple(choice for choice in choices if begins(choice.label, typed))


def begins(label: str, typed: str) -> bool:
    """Each word that was typed begins a word of the label."""
    words = slug(label).split("-")
    return bool(slug(typed)) and all(any(word.startswith(part) for word in words) for part in slug(typed).split("-"))


def nearest(typed: str, known: list[str]) -> str:
    """The known word that is most like what was typed; empty when none is."""
    by_slug = {slug(word): word for word in reversed(known)}
    close = get_close_matches(slug(typed), by_slug, n=1, cutoff=0.6)
    return by_slug[close[0]] if close else ""
