"""The short family of errors that actions raise; every door translates them once."""

from collections.abc import Mapping


class TrackerError(Exception):
    """Something that a person is told, in a sentence that says what to do next."""


class NotFound(TrackerError):
    """There is no such thing, or the actor may not know that there is."""


class Forbidden(TrackerError):
    """The actor sees the thing but may not do this to it."""


class Invalid(TrackerError):
    """What was given cannot be taken. `errors` maps a field's name to its reason; "" is the whole form."""

    def __init__(self, errors: Mapping[str, str] | str) -> None:
        self.errors: dict[str, str] = {"": errors} if isinstance(errors, str) else dict(errors)
        super().__init__("; ".join(self.errors.values()))


class Conflict(TrackerError):
    """The thing moved on meanwhile. Nothing was changed; what was typed is still with the actor."""


class TooMany(TrackerError):
    """There is room for so many at once and no more. Nothing was done; `seconds` from now it may be tried again."""

    def __init__(self, reason: str, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(reason)


class TooLarge(TrackerError):
    """More bytes, files or rows than the product takes."""


class Unavailable(TrackerError):
    """What is there for the actor cannot be had at this moment; asked for again later, it may be."""


class NoRoom(TrackerError):
    """The disk on which files are kept is full. Everything else goes on."""
