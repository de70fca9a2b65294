"""How much of an issue is indexed: for each place and each reader so many bytes, as they are built.

PostgreSQL refuses a longer vector, and then nothing of the issue is indexed. So all rooms together are less than that,
for as many readers as an issue can have: who writes much fills the own room, and takes no word of anybody else.
"""

from tracker.domain.roles import ACTIVE_ROLES

LONGEST_VECTOR = 1_048_575
"""Bytes of the words and positions in a `tsvector`."""

HEAD_ROOM = 64 * 1024
"""For the title and the fields, which stand in the vector twice."""

ROOM = 192 * 1024
"""For the comments that all parties read, and the same for their attachments: twice what 128 KB of prose take."""

MARKS_ROOM = 4 * 1024

MOST_READERS = len(ACTIVE_ROLES)
"""A role is one company's at a time, and whoever had it before no longer sees the issue."""

NOTES_ROOM = (LONGEST_VECTOR - MARKS_ROOM - 2 * HEAD_ROOM - 2 * ROOM) // (2 * MOST_READERS)
"""For what one company reads besides, in comments and as much in attachments."""
