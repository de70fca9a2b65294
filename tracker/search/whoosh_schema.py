"""The fields of a Whoosh document, and how our words become its postings."""

from array import array
from collections.abc import Iterator, Mapping
from typing import Any

from whoosh import columns, fields, formats

from tracker.search import Document
from tracker.search.wanted import Place

FIELD_OF = {Place.HEAD: "head", Place.COMMENTS: "comments", Place.ATTACHMENTS: "attachments"}
MARKS = "marks"
ISSUE = "issue"
ISSUE_COLUMN = "issue_column"
"""The same number again, as an array over all documents."""


class PlacesFormat(formats.Format):
    """A posting that holds the positions of a word, two bytes each: a third of the time of Whoosh's own to read."""

    def __init__(self) -> None:
        super().__init__()

    def supports(self, name: str) -> bool:
        """Our own reader decodes the positions; Whoosh is asked for none."""
        return False

    def fixed_value_size(self) -> int:
        """They vary in length."""
        return -1


class WordsField(fields.FieldType):
    """Takes words that are analysed already: their forms and positions."""

    indexed = True
    stored = False
    scorable = False
    unique = False
    sortable_typecode = None
    analyzer = None
    vector = None
    spelling = False
    column_type = None

    def __init__(self) -> None:
        self.format = PlacesFormat()

    def index(self, value: Mapping[str, list[int]], **given: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """The postings of one document: form, frequency, weight, positions."""
        for form in sorted(value):
            yield form.encode("utf-8", "ignore"), 1, 1.0, array("H", value[form]).tobytes()


def schema() -> fields.Schema:
    """The words by place, the marks, and the issue."""
    return fields.Schema(
        **{name: WordsField() for name in FIELD_OF.values()},
        **{MARKS: fields.KEYWORD(stored=False, scorable=False), ISSUE: fields.ID()},
        **{ISSUE_COLUMN: fields.COLUMN(columns.NumericColumn("q"))},
    )


def row_of(document: Document) -> dict[str, Any]:
    """The document as Whoosh takes it."""
    texts = {
        FIELD_OF[Place.HEAD]: document.head,
        FIELD_OF[Place.COMMENTS]: document.comments,
        FIELD_OF[Place.ATTACHMENTS]: document.attachments,
    }
    issue = {ISSUE: str(document.issue_id), ISSUE_COLUMN: document.issue_id}
    return {**issue, MARKS: " ".join(document.marks), **{name: words for name, words in texts.items() if words}}
