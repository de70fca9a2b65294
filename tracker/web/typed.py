"""What was typed into a form that is not before the reader any more, in words."""

from dataclasses import dataclass

from tracker.domain.claims import RIGHT_SIDE
from tracker.domain.fields import Field
from tracker.domain.subtype import Subtype
from tracker.models import Person
from tracker.web.forms import chosen


@dataclass(frozen=True, slots=True)
class Typed:
    """One field as it was sent; `shown` is what the reader saw where something was chosen from a list."""

    name: str
    label: str
    value: str
    shown: str = ""


def typed_into(subtype: Subtype, actor: Person, name: str, value: str) -> Typed:
    """What was sent under this name into a form of an issue of the subtype; keys are told by their names."""
    field = fields_of(subtype).get(name)
    return Typed(name, field.label if field else name, value, chosen(field, actor, value) if field else "")


def fields_of(subtype: Subtype) -> dict[str, Field]:
    """Every field that a form of such an issue may have, by name."""
    asked = (field for one in subtype.workflow.transitions for field in one.fields)
    return {field.name: field for field in (*subtype.all_fields.values(), *asked, RIGHT_SIDE)}
