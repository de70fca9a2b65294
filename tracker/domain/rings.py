"""Who reads a comment, a file or an entry of the timeline: all parties, one company, or one company and ERCOT.

What is said in a ring stays in it: nothing is ever moved to another one. Who wants others to read it quotes it.
"""

from enum import StrEnum


class Ring(StrEnum):
    """How far something is read, as people choose it."""

    PARTIES = "parties"
    COMPANY = "company"
    OPERATOR = "operator"


MEANING = {
    Ring.PARTIES: "All parties",
    Ring.COMPANY: "My company only",
    Ring.OPERATOR: "My company and ERCOT",
}
"""How the choice is worded."""
