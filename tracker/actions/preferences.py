"""What somebody likes better, and nobody else sees."""

from collections.abc import Mapping

from tracker.domain.mail_rules import Pace
from tracker.domain.notices import Reason
from tracker.domain.time_zones import ZONES
from tracker.errors import Invalid
from tracker.models import Person


def prefer_subtype(actor: Person, key: str) -> None:
    """Put the subtype first in the actor's picker; a second time takes it out again."""
    present = list(actor.preferred_subtypes)
    actor.preferred_subtypes = [k for k in present if k != key] if key in present else [*present, key]


def use_shortcut_keys(actor: Person, wanted: bool) -> None:
    """Switch the actor's single-key shortcuts on or off."""
    actor.shortcut_keys = wanted


def choose_time_zone(actor: Person, name: str) -> None:
    """Say where the actor's mornings are. Raises `Invalid`."""
    if name not in ZONES:
        raise Invalid({"time_zone": "This is not one of the time zones of the list. Pick one from it."})
    actor.time_zone = name


def choose_mail(actor: Person, chosen: Mapping[str, str]) -> None:
    """Keep for each reason whether the actor is told by e-mail now, in the digest, or never; the rest stays usual."""
    known = {reason: chosen[reason] for reason in Reason if chosen.get(reason) in set(Pace)}
    actor.mail_choices = {str(reason): str(pace) for reason, pace in known.items()}
