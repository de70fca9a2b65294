"""What can happen to an issue: buttons of its workflow, and what else people do. The key decides, the name is shown."""

from dataclasses import dataclass
from typing import Protocol


class Deed(Protocol):
    """A transition, or one of those below."""

    @property
    def key(self) -> str:
        """What it is, for ever."""

    @property
    def name(self) -> str:
        """What it is called in the history, as it was called then."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Something that is done beside the buttons of a workflow, or before there are any."""

    key: str
    name: str


SUBMIT = Beside("submit", "Submit")
ASSIGN_OWNER = Beside("assign-owner", "Assign Owner")
"""These two are buttons as well, and the same deed when the product does them by itself."""

ADD_COMMENT = "add-comment"
"""The key of the button under which words stand alone."""

ATTACH = Beside("attach", "Attach")
LINK = Beside("link", "Link")
UNLINK = Beside("unlink", "Unlink")
STATE_CLAIM = Beside("state-claim", "State Claim")
"""No transition of the market has these names."""
