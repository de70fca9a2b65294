"""The user guide, and its reference made from the catalogue. Everybody may read it, signed in or not."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from flask import Blueprint, render_template, send_from_directory
from flask.typing import ResponseReturnValue

from tracker import guide
from tracker.domain import catalogue, fields, states, transitions
from tracker.domain.claims import RIGHT_SIDE
from tracker.domain.fields import Field
from tracker.domain.subtype import Subtype
from tracker.domain.workflow import Status
from tracker.errors import NotFound
from tracker.version import VERSION
from tracker.web.access import Access, access

pages = Blueprint("guide", __name__)

REFERENCE = {"subtypes": "Subtypes", "states": "States", "buttons": "Buttons", "fields": "Fields"}
"""The pages that are made from the catalogue."""


@dataclass(frozen=True)
class Use:
    """Where a state or a button occurs: in these workflows' subtypes."""

    names: tuple[str, ...]

    def __str__(self) -> str:
        shown = ", ".join(self.names[:6])
        return f"{shown} and {len(self.names) - 6} more" if len(self.names) > 6 else shown


@pages.get("/guide")
@access(Access.PUBLIC)
def start() -> ResponseReturnValue:
    """The first chapter."""
    return _chapter(guide.START)


@pages.get("/guide/<chapter>")
@access(Access.PUBLIC)
def page(chapter: str) -> ResponseReturnValue:
    """A chapter, or a page of the reference."""
    return _reference(chapter) if chapter in REFERENCE else _chapter(chapter)


@pages.get("/guide/images/<name>.png")
@access(Access.PUBLIC)
def image(name: str) -> ResponseReturnValue:
    """A picture of the guide."""
    answer = send_from_directory(guide.IMAGES, f"{name}.png", max_age=3600)
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


def _chapter(key: str) -> ResponseReturnValue:
    chapters = guide.chapters()
    if key not in chapters:
        raise NotFound("The guide has no such chapter. Look in its contents.")
    keys = list(chapters)
    place = keys.index(key)
    return render_template(
        "guide/chapter.html",
        chapter=chapters[key],
        before=chapters[keys[place - 1]] if place else None,
        after=chapters[keys[place + 1]] if place + 1 < len(keys) else None,
        **_contents(key),
    )


def _reference(key: str) -> ResponseReturnValue:
    return render_template("guide/reference.html", title=REFERENCE[key], body=_body(key), **_contents(key))


def _contents(key: str) -> dict[str, object]:
    return {"chapters": guide.chapters().values(), "reference": REFERENCE, "here": key, "version": VERSION}


@cache
def _body(key: str) -> str:
    """The body of a reference page, rendered once: the catalogue changes only with the product."""
    match key:
        case "subtypes":
            shown: dict[str, object] = {"subtypes": _subtypes()}
        case "states":
            shown = {"statuses": list(Status), "states": _states()}
        case "buttons":
            shown = {"buttons": _buttons()}
        case _:
            shown = {"fields": _fields()}
    return render_template(f"guide/_{key}.html", takes=takes, **shown)


def _subtypes() -> tuple[Subtype, ...]:
    return (*catalogue.SUBTYPES, *catalogue.RETIRED)


def _states() -> dict[str, tuple[str, str, Use]]:
    """Each state by name: its status, its meaning, and where it occurs."""
    return {
        name: (status, states.MEANING[name], _use(subtype for subtype in _subtypes() if name in subtype.workflow.turns))
        for name, status in states.STATUS_OF.items()
    }


def _buttons() -> dict[str, tuple[str, Use]]:
    """Each button by name: its meaning, and where it occurs."""
    return {
        name: (meaning, _use(s for s in _subtypes() if any(t.name == name for t in s.workflow.transitions)))
        for name, meaning in sorted(transitions.MEANING.items())
    }


def _fields() -> dict[str, tuple[Field, Use]]:
    """Each field by its name in the market: its declaration, and where it occurs."""
    known: dict[str, Field] = {}
    for subtype in _subtypes():
        for name, field in _vocabulary(subtype).items():
            known.setdefault(name, field)
    return {
        name: (field, _use(subtype for subtype in _subtypes() if name in _vocabulary(subtype)))
        for name, field in sorted(known.items(), key=lambda pair: pair[1].label.lower())
    }


def _vocabulary(subtype: Subtype) -> dict[str, Field]:
    """What an issue holds, and what its sides and whoever completes it may say besides."""
    claimed = [one.field for one in subtype.claimed]
    said = [*claimed, RIGHT_SIDE] if claimed else []
    return {**{field.name: field for field in said}, **subtype.all_fields}


def _use(subtypes: Iterator[Subtype]) -> Use:
    return Use(tuple(subtype.full_name for subtype in subtypes))


def takes(field: Field) -> str:
    """What a field takes, in words."""
    match field:
        case fields.Choice():
            return f"One of: {'; '.join(field.values)}."
        case fields.YesNo():
            return "Yes or No."
        case fields.CompanyRef():
            return "A company, by its DUNS of 9 to 13 digits."
        case fields.OwnPerson() | fields.OwnGroup():
            return "One of your own company’s, from the list."
        case fields.Text():
            least = f"{field.min_length} to " if field.min_length > 1 else "At most "
            return f"{least}{field.max_length:,} characters."
        case fields.Day():
            return "A day, as YYYY-MM-DD."
        case fields.Moment():
            return "A day, with a time of day if it matters: YYYY-MM-DD, or YYYY-MM-DD HH:MM."
        case fields.Number():
            return "A number, such as 1204.5."
        case fields.Whole():
            return f"A whole number up to {field.maximum:,}."
        case fields.Record():
            return f"{', '.join(part.label for part in field.fields)}."
    raise TypeError(f"No words for a {type(field).__name__}.")
