"""The columns of the list of issues, as data: what each is called, what it can sort by, and how its cell looks.

A page holds fifty rows of them, and is the page that is opened most: the cells are made here, not in the template.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from tracker.db import AnyRow
from tracker.domain import catalogue
from tracker.domain.default_views import DEFAULT_VIEWS
from tracker.domain.tables import known
from tracker.queries.issues import SORTS
from tracker.queries.matches import Match
from tracker.web.words import CSS_OF_STATUS, day

NAMES = {key: escape(name) for key, name in catalogue.NAMES.items()}


@dataclass(frozen=True)
class Reader:
    """Who reads the list: the company, who there owns which of the issues shown, and where each of them matched.

    `marked` is the number of the issue with which choosing began.
    """

    company_id: int
    owners: Mapping[int, str]
    matches: Mapping[int, Match]
    marked: str = ""


Cell = Callable[[AnyRow, Reader], str]


@dataclass(frozen=True)
class Column:
    """One column. `cell` gives the whole element, its text escaped; `sort` is the name of its order, if it has one."""

    label: str
    cell: Cell
    sort: str = ""
    numeric: bool = False


def _number(row: AnyRow, reader: Reader) -> str:
    return f'<th scope="row" class="c-number"><a class="id" href="/issues/{row.number}">{row.number}</a></th>'


def _subtype(row: AnyRow, reader: Reader) -> str:
    return f'<td class="c-title">{NAMES[row.subtype]}</td>'


def _title(row: AnyRow, reader: Reader) -> str:
    return f'<td class="c-title">{escape(row.title)}</td>'


def _state(row: AnyRow, reader: Reader) -> str:
    return f'<td class="c-state"><span class="state state-{CSS_OF_STATUS[row.status]}">{row.state}</span></td>'


def _status(row: AnyRow, reader: Reader) -> str:
    return f'<td data-label="Status">{row.status}</td>'


def _turn(row: AnyRow, reader: Reader) -> str:
    if row.responsible_id is None:
        return '<td class="c-turn"><span class="turn turn-ended">Ended</span></td>'
    if row.responsible_id == reader.company_id:
        return '<td class="c-turn"><span class="turn turn-ours">Us</span></td>'
    return f'<td class="c-turn"><span class="turn turn-theirs">{escape(row.responsible)}</span></td>'


def _owner(row: AnyRow, reader: Reader) -> str:
    return f'<td class="c-owner" data-label="Our owner">{escape(reader.owners.get(row.id, "–"))}</td>'


def _identifier(label: str, name: str) -> Cell:
    def cell(row: AnyRow, reader: Reader) -> str:
        return (
            f'<td class="c-esi" data-label="{label}"><span class="id">{escape(getattr(row, name) or "–")}</span></td>'
        )

    return cell


def _date(label: str, name: str) -> Cell:
    def cell(row: AnyRow, reader: Reader) -> str:
        return f'<td class="c-date num" data-label="{label}">{day(getattr(row, name))}</td>'

    return cell


def _choice(row: AnyRow, reader: Reader) -> str:
    marked = " checked autofocus" if reader.marked == str(row.number) else ""
    return (
        f'<td class="c-choice"><input type="checkbox" name="number" value="{row.number}" '
        f'aria-label="Choose issue {row.number}"{marked}></td>'
    )


COLUMNS: dict[str, Column] = {
    "number": Column("Issue", _number),
    "subtype": Column("Subtype", _subtype),
    "title": Column("Title", _title),
    "esi_id": Column("ESI ID", _identifier("ESI ID", "esi_id")),
    "orig_tran_id": Column("Original tran id", _identifier("Original tran id", "orig_tran_id")),
    "tran_id": Column("Tran id", _identifier("Tran id", "tran_id")),
    "state": Column("State", _state),
    "status": Column("Status", _status),
    "responsible": Column("Whose turn", _turn),
    "turn": Column("Turn since", _date("Turn since", "turn_since"), sort="turn", numeric=True),
    "owner": Column("Our owner", _owner),
    "created": Column("Submitted", _date("Submitted", "created_at"), sort="created", numeric=True),
    "changed": Column("Changed", _date("Changed", "changed_at"), sort="changed", numeric=True),
    "closed": Column("Ended", _date("Ended", "closed_at"), numeric=True),
}
"""Every column by its name in the address."""

DEFAULT = ("number", "subtype", "esi_id", "state", "responsible", "owner", "changed")

known("usual columns", DEFAULT, COLUMNS)
known(
    "columns of ready-made views",
    (name for views in DEFAULT_VIEWS.values() for view in views for name in view.columns),
    COLUMNS,
)
known("orders of columns", (column.sort for column in COLUMNS.values() if column.sort), SORTS)


def rows_of(rows: list[AnyRow], columns: list[Column], reader: Reader, *, choosing: bool = False) -> Markup:
    """The rows of the table's body; the rows that wait on the reader's company are marked."""
    drawn = [Column("", _choice), *columns] if choosing else columns
    return Markup("\n".join(_row(row, drawn, reader) for row in rows))  # noqa: S704  # every cell escapes its text


def _row(row: AnyRow, columns: list[Column], reader: Reader) -> str:
    opened = '<tr class="row-ours">' if row.responsible_id == reader.company_id else "<tr>"
    cells = "".join(column.cell(row, reader) for column in columns)
    match = reader.matches.get(row.id)
    return f"{opened}{cells}</tr>" + (_match(match, len(columns)) if match else "")


def _match(match: Match, width: int) -> str:
    """The line under a hit: where it matched, and the words there."""
    text = "".join(f"<mark>{escape(p.text)}</mark>" if p.marked else escape(p.text) for p in match.pieces)
    where = f'<span class="match-where">{escape(match.where)}</span>'
    return f'<tr class="row-match"><td colspan="{width}">{where} {text}</td></tr>'
