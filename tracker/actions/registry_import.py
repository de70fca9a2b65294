"""Writing what the registration system knows, and switching its look-ups off and on.

These verbs are of whoever runs the machine, from the command line, and may come before the market has
anybody in it: so they have no actor.
"""

from collections.abc import Sequence
from typing import cast

from sqlalchemy import Table, delete

from tracker.clock import now
from tracker.db import Base, db, insert_into
from tracker.domain.registry_files import ORDERS, PREMISES, FileKind, Row, Span
from tracker.models import MarketFact, MarketOrder, Premise, RepOfRecord
from tracker.queries.registry import OFF

HISTORY = "rep_history"
MODELS: dict[str, type[Base]] = {PREMISES.name: Premise, ORDERS.name: MarketOrder}


def load_rows(kind: FileKind, rows: Sequence[Row]) -> None:
    """Write these rows over those of the same keys; a column that the file does not have stays as it is.

    Of two rows with one key the later counts. A premise's history of retailers is replaced as a whole.
    """
    latest = {str(row[kind.key]): row for row in rows}
    # In one order everywhere, so that two loads at a time wait for each other and never in a circle.
    ordered = [latest[key] for key in sorted(latest)]
    if not ordered:
        return
    moment = now()
    plain = [{name: value for name, value in row.items() if name != HISTORY} for row in ordered]
    _upsert(kind, [row | {"loaded_at": moment} for row in plain])
    if HISTORY in ordered[0]:
        _replace_histories(ordered)


def switch_registry_off() -> None:
    """From now on nothing is looked up: checks say “not checked” and block nobody. Off stays off."""
    off = insert_into(MarketFact).values(name=OFF, value=now().isoformat(timespec="seconds"))
    db.session.execute(off.on_conflict_do_nothing())


def switch_registry_on() -> None:
    """From now on the registry's look-ups run again."""
    db.session.execute(delete(MarketFact).where(MarketFact.name == OFF))


def _upsert(kind: FileKind, rows: Sequence[Row]) -> None:
    table = cast(Table, MODELS[kind.name].__table__)
    insert = insert_into(table)
    given = {name: insert.excluded[name] for name in rows[0] if name != kind.key}
    statement = insert.on_conflict_do_update(index_elements=[kind.key], set_=given)
    db.session.connection().execute(statement, list(rows))


def _replace_histories(rows: Sequence[Row]) -> None:
    connection, table = db.session.connection(), cast(Table, RepOfRecord.__table__)
    connection.execute(delete(table).where(table.c.esi_id.in_([row["esi_id"] for row in rows])))
    spans = [
        {"esi_id": row["esi_id"], "start": span.start, "stop": span.stop, "rep_duns": span.rep_duns}
        for row in rows
        for span in cast(list[Span], row[HISTORY])
    ]
    if spans:
        connection.execute(table.insert(), spans)


def _on_postgresql() -> bool:
    return db.session.get_bind().dialect.name == "postgresql"
