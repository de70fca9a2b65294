"""The catalogue held against the market's facts: every difference is named, and the wanted one is known."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from tracker.domain import states, transitions
from tracker.domain.catalogue import SUBTYPES, WORKFLOWS
from tracker.domain.fields import Choice, CompanyRef, Day, Field, Moment, Number, Record, Text, Whole, YesNo
from tracker.domain.roles import ACTIVE_ROLES, Role
from tracker.domain.subtype import Check, Subtype
from tracker.domain.subtypes import _fields
from tracker.domain.workflow import Status, Workflow

KNOWN_DIFFERENCES: Mapping[str, str] = {
    "CommentsText: maxLength is 10000 here and 4000 in the facts": "comments hold Markdown and quoted records, so "
    "they may be longer here than the interface carries; nothing that fits the interface is refused.",
}

VOCABULARY: Mapping[str, Field] = {field.name: field for field in vars(_fields).values() if isinstance(field, Field)}

OWN_SIDE = {"NewOwner", "GroupName"}
"""What every update may carry besides the fields (marketrak.md section 3.3)."""

_BASES: Sequence[tuple[type[Field], tuple[str, ...]]] = (
    (Text, ("string",)),
    (CompanyRef, ("string",)),
    (Choice, ("string",)),
    (Number, ("decimal",)),
    (Whole, ("int", "integer")),
    (YesNo, ("boolean",)),
    (Moment, ("dateTime",)),
    (Day, ("date",)),
    (Record, ("record",)),
)


def differences(facts: Mapping[str, Any]) -> list[str]:
    """One line for each thing in which the catalogue and the facts differ; the known ones are left out.

    What the facts do not limit (a length, a pattern) is no difference, whatever it is here.
    """
    found = (*_lists(facts), *_vocabulary(facts["fields"]), *_subtypes(facts), *_workflows(facts))
    return [line for line in dict.fromkeys(found) if line not in KNOWN_DIFFERENCES]


def _lists(facts: Mapping[str, Any]) -> Iterator[str]:
    yield from _names("role", Role, facts["roles"])
    yield from _names("active role", ACTIVE_ROLES, facts["active_roles"])
    yield from _names("status", Status, facts["statuses"])
    yield from _names("state", states.STATUS_OF, facts["states"])
    yield from _names("transition", transitions.MEANING, facts["transitions"])
    yield from _names("check", Check, facts["checks"])


def _names(kind: str, ours: Iterable[str], theirs: Iterable[str]) -> Iterator[str]:
    here, there = {str(name) for name in ours}, set(theirs)
    for name in sorted(there - here):
        yield f"{kind} {name}: is in the facts and not here"
    for name in sorted(here - there):
        yield f"{kind} {name}: is here and not in the facts"


def _vocabulary(theirs: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    yield from _names("field", VOCABULARY, theirs)
    for name in VOCABULARY.keys() & theirs.keys():
        yield from _field(VOCABULARY[name], theirs[name])


def _field(field: Field, fact: Mapping[str, Any]) -> Iterator[str]:
    bases = next(bases for kind, bases in _BASES if isinstance(field, kind))
    if fact["base"] not in bases:
        yield f"{field.name}: base is {bases[0]} here and {fact['base']} in the facts"
    for limit, value in _limits(field).items():
        wanted = fact.get(limit)
        if wanted is not None and value != wanted:
            yield f"{field.name}: {limit} is {value} here and {wanted} in the facts"


def _limits(field: Field) -> dict[str, object]:
    """What the field takes, in the words of the facts."""
    if isinstance(field, CompanyRef):
        return {"minLength": field.min_length, "maxLength": field.max_length, "pattern": "([0-9])*", "values": None}
    return {
        "minLength": getattr(field, "min_length", None),
        "maxLength": getattr(field, "max_length", None),
        "pattern": getattr(field, "pattern", None),
        "maxInclusive": getattr(field, "maximum", None),
        "values": list(field.values) if isinstance(field, Choice) else None,
        "fields": _parts(field) if isinstance(field, Record) else None,
    }


def _parts(field: Record) -> list[dict[str, object]]:
    return [{"name": part.name, "required": part.required} for part in field.fields]


def _subtypes(facts: Mapping[str, Any]) -> Iterator[str]:
    ours = {f"{subtype.type} {subtype.name}": subtype for subtype in SUBTYPES}
    theirs = {f"{fact['type']} {fact['name']}": fact for fact in facts["subtypes"]}
    yield from _names("subtype", ours, theirs)
    for name in ours.keys() & theirs.keys():
        yield from _subtype(name, ours[name], theirs[name])


def _subtype(name: str, subtype: Subtype, fact: Mapping[str, Any]) -> Iterator[str]:
    if subtype.wire != fact["wire"]:
        yield f"{name}: wire is {subtype.wire} here and {fact['wire']} in the facts"
    yield from _names(f"{name}, check", subtype.checks, fact["checks"])
    yield from _names(f"{name}, later field", _named(subtype.later_fields), fact["later_fields"])
    theirs = {field["name"]: field for field in fact["fields"]}
    yield from _names(f"{name}, field", _named(subtype.fields), theirs)
    for field in subtype.fields:
        yield from _use(name, field, theirs.get(field.name, {}))
    for field in subtype.all_fields.values():
        yield from _words(name, field)


def _named(fields: Iterable[Field]) -> list[str]:
    return [field.name for field in fields]


def _use(name: str, field: Field, fact: Mapping[str, Any]) -> Iterator[str]:
    """Whether a subtype asks for the field as the facts say."""
    if fact and field.required != fact["required"]:
        yield f"{name}, field {field.name}: required is {field.required} here and {fact['required']} in the facts"
    if fact and field.repeat != int(fact.get("repeat", 1)):
        yield f"{name}, field {field.name}: repeat is {field.repeat} here and {fact.get('repeat', 1)} in the facts"
    known = VOCABULARY.get(field.name)
    if known is not None and _limits(field) != _limits(known):
        yield f"{name}, field {field.name}: its limits are not those of the field"


def _words(name: str, field: Field) -> Iterator[str]:
    """Whether a field that an issue can hold is one of the market's, with values of its list."""
    known = VOCABULARY.get(field.name)
    if known is None and field.name not in OWN_SIDE:
        yield f"{name}, field {field.name}: is here and not in the facts"
    if isinstance(field, Choice) and isinstance(known, Choice) and not set(field.values) <= set(known.values):
        yield f"{name}, field {field.name}: has values that are not in the facts"


def _workflows(facts: Mapping[str, Any]) -> Iterator[str]:
    for versions in WORKFLOWS.values():
        for workflow in versions.values():
            yield from _workflow(workflow, set(facts["states"]), set(facts["transitions"]))


def _workflow(workflow: Workflow, known_states: set[str], known_names: set[str]) -> Iterator[str]:
    used = set(workflow.turns) | {state for edge in workflow.edges() for state in (edge[0], edge[2])}
    for state in sorted(used - known_states):
        yield f"workflow {workflow.key}, state {state}: is here and not in the facts"
    for name in sorted({transition.name for transition in workflow.transitions} - known_names):
        yield f"workflow {workflow.key}, transition {name}: is here and not in the facts"
