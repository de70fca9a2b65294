"""How two issues can belong together, and how that reads from either side."""

from dataclasses import dataclass

from tracker.domain.tables import known


@dataclass(frozen=True, slots=True)
class Kind:
    """A way of belonging: as it reads from the issue that names the other, and from the other."""

    key: str
    forth: str
    back: str


KINDS = (
    Kind("duplicates", "duplicates", "is duplicated by"),
    Kind("follows", "follows up", "is followed up by"),
    Kind("caused-by", "is caused by", "is the cause of"),
    Kind("same-order", "is about the same order as", "is about the same order as"),
    Kind("same-esi-id", "is about the same ESI ID as", "is about the same ESI ID as"),
    Kind("parent-of", "is the parent of", "is a part of"),
    Kind("related", "is related to", "is related to"),
)
BY_KEY = {kind.key: kind for kind in KINDS}
BACK = ":back"
"""After the key of a kind that is said from the other side."""

CHOICES = {
    **{kind.key: kind.forth for kind in KINDS},
    **{kind.key + BACK: kind.back for kind in KINDS if kind.back != kind.forth},
}
"""What can be said of an issue and another: the value in a form, and its words."""

CAUSED_BY = "caused-by"
FOLLOWS = "follows"
PARENT_OF = "parent-of"
SAME_ORDER = "same-order"

known("kinds of links", (CAUSED_BY, FOLLOWS, PARENT_OF, SAME_ORDER), BY_KEY)


def reads(key: str, *, forth: bool) -> str:
    """The kind in words, from this side or from the other."""
    kind = BY_KEY[key]
    return kind.forth if forth else kind.back
