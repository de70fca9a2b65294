"""What can be promised with a change, to be done later by the worker."""

from enum import StrEnum


class Topic(StrEnum):
    """What a job is about."""

    INDEX = "index"
    TELL = "tell"
    READ = "read-attachment"
    SCAN = "scan-attachment"
    BULK = "bulk"
    CHILDREN = "lpa-children"
    CLOCK = "clock"
    """A press of the clock that broke: it is tried again later, and no other waits for it."""


MANY_AT_A_TIME = frozenset({Topic.INDEX, Topic.TELL})
"""Jobs of which the worker does some hundreds in one transaction."""
