"""Forms drawn from the catalogue: WTForms draws what `tracker.domain.fields` declares.

The value taken is never the form's: `typed()` gives what was typed, and the action cleans it by the
same declaration. So there is one vocabulary of fields, and every refusal comes back to its place.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import Field as Drawn
from wtforms import (  # type: ignore[attr-defined]  # the stubs are of 3.2 and do not know SelectChoice
    FieldList,
    FormField,
    HiddenField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms import Form as PlainForm
from wtforms.widgets import CheckboxInput

from tracker.domain import fields as domain
from tracker.domain.permissions import Right
from tracker.domain.roles import CompanyKind
from tracker.models import Person
from tracker.queries.companies import active_companies
from tracker.queries.people import groups_of, is_away, people_of
from tracker.queries.rights import may
from tracker.web.words import day

EMPTY = SelectChoice("", "Choose…")
KIND_OF_ROLE = {"TDSP": CompanyKind.TDSP, "Gaining": CompanyKind.CR, "Losing": CompanyKind.CR}
OFFERED = domain.CompanyRef | domain.OwnPerson | domain.OwnGroup
"""Fields whose values are picked from what the market or the own company has."""

NOT_FIELDS = frozenset(
    {"csrf_token", "version", "comment", "files", "kept", "do", "title", "follows", "ring", "drawn", "reply"}
)
"""What a form carries besides the fields of the domain."""


class Boxes(SelectMultipleField):
    """Several of a few values, each with a box of its own."""

    option_widget = CheckboxInput()


class DomainForm(FlaskForm):
    """A form over fields of the domain; `comment` and `version` ride along where a view wants them."""

    version = HiddenField()
    comment = TextAreaField("Comment")
    declared: tuple[domain.Field, ...] = ()

    actor: Person
    """Who fills the form, and so what there is to pick from."""

    def typed(self) -> dict[str, object]:
        """What was typed, by the names of the fields, and whatever else was sent under other names."""
        known = self.known()
        return known | _strangers(known)

    def known(self) -> dict[str, object]:
        """What was typed into the fields that the form has."""
        return {field.name: self[field.name].data for field in self.declared}

    def pairs(self) -> list[tuple[Drawn, domain.Field]]:
        """What to draw, in order: each field of the form with its declaration."""
        for field in self.declared:
            self._offer(field)
        return [(self[field.name], field) for field in self.declared]

    def _offer(self, field: domain.Field) -> None:
        """Fill a list of companies, people or groups; only a form that is drawn needs it."""
        drawn = self[field.name]
        if isinstance(drawn, SelectField) and isinstance(field, OFFERED) and drawn.choices == [EMPTY]:
            drawn.choices = _with_present([EMPTY, *_offers(self.actor, field)], drawn.data)

    def refuse(self, errors: Mapping[str, str]) -> None:
        """Put the reasons of a refusal beside the fields that they are about; the rest belongs to the form."""
        for name, reason in errors.items():
            self.refused[name] = reason

    @property
    def refused(self) -> dict[str, str]:
        """The reasons by field; "" and unknown names are about the form as a whole."""
        refused: dict[str, str] = self.__dict__.setdefault("_refused", {})
        return refused

    def reasons(self) -> list[tuple[str, str, str]]:
        """Every reason as (id of the input or "", label, reason), for the summary at the top."""
        labels = {field.name: field.label for field in self.declared} | {"comment": "Comment", "files": "Attachments"}
        return [
            (name if name in labels else "", _unless_said(labels.get(name, ""), text), text)
            for name, text in self.refused.items()
        ]


def _unless_said(label: str, text: str) -> str:
    """The label to put before a reason, where the reason does not begin with it."""
    return "" if text.startswith(label) else f"{label}: "


def form_for(fields: Sequence[domain.Field], actor: Person, typed: Mapping[str, Any] | None = None) -> DomainForm:
    """The form of these fields: with what was sent, else with `typed`."""
    form = _form_class(tuple(fields))(data=_as_drawn(fields, typed or {}))
    form.actor = actor
    return form


@lru_cache(maxsize=256)
def _form_class(fields: tuple[domain.Field, ...]) -> type[DomainForm]:
    members: dict[str, object] = {field.name: _drawn(field) for field in fields}
    return type("DrawnForm", (DomainForm,), members | {"declared": fields})


def _drawn(field: domain.Field) -> Any:
    """The WTForms field for a field of the domain; a test fails when a kind is missing here."""
    options: dict[str, Any] = {"label": field.label, "description": field.help}
    if isinstance(field, domain.Record):
        part = FormField(_part_class(field), label=field.label, description=field.help)
        return (
            FieldList(part, min_entries=field.repeat, max_entries=field.repeat, **options) if field.repeat > 1 else part
        )
    if isinstance(field, domain.Choice) and field.repeat > 1:
        return Boxes(choices=_choices(field), validate_choice=False, **options)
    if field.repeat > 1 or (isinstance(field, domain.Text) and field.multiline):
        return TextAreaField(**options)
    match field:
        case domain.Choice():
            return SelectField(choices=[EMPTY, *_choices(field)], validate_choice=False, **options)
        case domain.YesNo():
            return SelectField(
                choices=[EMPTY, SelectChoice("yes", "Yes"), SelectChoice("no", "No")], validate_choice=False, **options
            )
        case domain.CompanyRef() | domain.OwnPerson() | domain.OwnGroup():
            return SelectField(choices=[EMPTY], validate_choice=False, **options)
        case domain.Text() | domain.Day() | domain.Moment() | domain.Number() | domain.Whole():
            return StringField(**options)
    raise TypeError(f"No way to draw a {type(field).__name__}.")


def _choices(field: domain.Choice) -> list[SelectChoice]:
    families = field.families or (None,) * len(field.values)
    return [
        SelectChoice(value, field.show_one(value), optgroup=family)
        for value, family in zip(field.values, families, strict=True)
    ]


@lru_cache(maxsize=64)
def _part_class(field: domain.Record) -> type[PlainForm]:
    return type("Part", (PlainForm,), {part.name: _drawn(part) for part in field.fields})


def attributes(drawn: Drawn, field: domain.Field, wrong: str | None) -> dict[str, object]:
    """How an input looks and what it tells a screen reader; `wrong` is the reason that stands below it."""
    told = f"{drawn.id}-h {drawn.id}-e" if wrong else f"{drawn.id}-h"
    look: dict[str, object] = {"class": _width(field), "aria-describedby": told}
    if wrong:
        look["aria-invalid"] = "true"
    if isinstance(field, domain.Day | domain.Moment):
        look["placeholder"] = "YYYY-MM-DD" if isinstance(field, domain.Day) else "YYYY-MM-DD, or YYYY-MM-DD HH:MM"
    return look


def _width(field: domain.Field) -> str:
    match field:
        case domain.EsiId() | domain.TransactionId():
            return "id w-esi"
        case domain.Day() | domain.Moment() | domain.Number() | domain.Whole() | domain.YesNo():
            return "w-m"
    return "w-l"


def _offers(actor: Person, field: domain.Field) -> list[SelectChoice]:
    match field:
        case domain.CompanyRef():
            kind = KIND_OF_ROLE.get(field.role)
            return [SelectChoice(duns, f"{name} ({duns})") for duns, name in active_companies(kind)]
        case domain.Colleague():
            others = [person for person in people_of(actor) if person.id != actor.id and may(person, Right.WORK_ISSUES)]
            return [_named(person) for person in others]
        case domain.OwnPerson():
            return [_named(person) for person in people_of(actor) if person.active]
        case domain.OwnGroup():
            return [SelectChoice(group.public_id, group.name) for group in groups_of(actor) if group.closed_at is None]
    return []


def chosen(field: domain.Field, actor: Person, value: str) -> str:
    """What the reader saw of a value that is chosen from such a list; empty where it was typed."""
    if not isinstance(field, OFFERED):
        return ""
    return next((str(choice.label) for choice in _offers(actor, field) if choice.value == value), "")


def _named(person: Person) -> SelectChoice:
    """Somebody to choose; who is away is chosen with open eyes."""
    away = f" (away until {day(person.away_until)})" if is_away(person.away_until) else ""
    return SelectChoice(person.user_name, f"{person.full_name}{away}")


def _with_present(choices: list[SelectChoice], present: str | None) -> list[SelectChoice]:
    """The offers, and what stands there already even where it is offered no longer."""
    if present and all(choice.value != present for choice in choices):
        choices.append(SelectChoice(present))
    return choices


def _as_drawn(fields: Sequence[domain.Field], typed: Mapping[str, Any]) -> dict[str, Any]:
    """Stored values as their inputs show them."""
    return {field.name: _input_of(field, typed[field.name]) for field in fields if typed.get(field.name) is not None}


def _input_of(field: domain.Field, value: Any) -> Any:
    if isinstance(field, domain.YesNo) and isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(field, domain.Moment):
        return field.show(value)
    if isinstance(value, list) and not isinstance(field, domain.Record):
        return "\n".join(map(str, value))
    return value


def _strangers(known: Mapping[str, object]) -> dict[str, object]:
    """What was sent under names that the form does not have."""
    sent = [name.split("-", 1)[0] for name in request.form]
    return {name: request.form.get(name) for name in sent if name not in known and name not in NOT_FIELDS}
