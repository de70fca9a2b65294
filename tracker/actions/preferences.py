"""What somebody likes better, and nobody else sees."""

from tracker.models import Person


def prefer_subtype(actor: Person, key: str) -> None:
    """Put the subtype first in the actor's picker; a second time takes it out again."""
    present = list(actor.preferred_subtypes)
    actor.preferred_subtypes = [k for k in present if k != key] if key in present else [*present, key]


def use_shortcut_keys(actor: Person, wanted: bool) -> None:
    """Switch the actor's single-key shortcuts on or off."""
    actor.shortcut_keys = wanted
