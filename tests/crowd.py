"""A crowded market: what the cast does, and copies of all of it, each by companies and people of its own.

The copies are made inside the database, so that tens of thousands of issues take seconds. ERCOT and its people are
shared by all of them; whoever else plays in the story keeps the few issues that the story gave them.
"""

from typing import Any

from sqlalchemy import (
    CTE,
    Column,
    ColumnElement,
    Connection,
    Integer,
    String,
    Table,
    case,
    cast,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from tests.cast import ESI_ID, Cast
from tests.make import STATEMENT, TRAN_ID, know_premise, press, state, usage_dispute
from tracker.actions.attachments import attach_files, attach_url
from tracker.actions.bulk import begin_act, carry_on
from tracker.actions.draft_files import keep_files, let_files_go
from tracker.actions.filing import file_issue
from tracker.actions.inbox import watch
from tracker.actions.linking import link_issues
from tracker.actions.moving import Press, press_transition
from tracker.actions.presence import be_here
from tracker.actions.reading import keep_inside
from tracker.actions.replies import keep_reply
from tracker.actions.sessions import begin_session
from tracker.actions.view_watching import watch_view
from tracker.actions.views import pin, save_view
from tracker.clock import now
from tracker.db import db
from tracker.domain import catalogue
from tracker.domain.rings import Ring
from tracker.domain.scanning import Scan
from tracker.models import (
    Attachment,
    Company,
    Contact,
    Draft,
    DraftFile,
    FailedSignIns,
    GroupRule,
    KnownDevice,
    MarketOrder,
    Person,
    RepOfRecord,
    SearchDocument,
    WorkGroup,
)

STORIES, EACH = 10, 3
"""So many stories, each of so many issues and premises; the rest are copies."""

START = {"StartTime": "2026-03-01"}


def tell_stories(cast: Cast) -> None:
    """The issues of the cast, with something of everything that people do."""
    for person in (cast.acme, cast.bolt, cast.wires):
        person.mail_choices = {"answered": "now", "finished": "digest", "waits": "now"}
    for number in range(STORIES):
        _tell(cast, number)
    for number in range(4):
        view = save_view(cast.acme, f"View {number}", "is:open")
        pin(cast.acme, view)
        watch_view(cast.acme, view)
    for subtype in catalogue.SUBTYPES[:STORIES]:
        _begin(cast.acme, subtype.key)
    db.session.commit()


def _begin(person: Person, subtype: str) -> None:
    """Another browser in which the person signed in, a form half filled, a contact and a rule for the subtype."""
    begin_session(person, "link", address="127.0.0.1", browser="A test")
    draft = Draft(person_id=person.id, subtype=subtype, raw={"EsiID": ESI_ID}, changed_at=now())
    group = WorkGroup(company_id=person.company_id, name=f"Desk of {subtype}")
    db.session.add_all((draft, group))
    db.session.flush()
    for _ in range(2):
        let_files_go(DraftFile.draft_id == draft.id)
        keep_files(person, draft, [STATEMENT])
    db.session.add(KnownDevice(person_id=person.id, token_hash=f"device of {subtype}", used_at=now()))
    db.session.add(FailedSignIns(subject=f"account:{subtype}", failures=1, next_try_at=now(), last_at=now()))
    db.session.add(Contact(company_id=person.company_id, subtype=subtype, purpose="copy", address="desk@a.example"))
    db.session.add(GroupRule(company_id=person.company_id, place=1, subtype=subtype, group_id=group.id))


def esi_id_of(number: int) -> str:
    """The premise of a story; its last five digits are for the copies."""
    return f"{ESI_ID[:10]}{number:05}{ESI_ID[15:17]}00000"


def _tell(cast: Cast, number: int) -> None:
    esi_id, tran_id = esi_id_of(number), f"{TRAN_ID}{number:02}"
    _know(cast, esi_id, tran_id)
    disputed = usage_dispute(cast, EsiID=esi_id, CommentsText=f"Meter {number}, @wanda?")
    state(cast.wires, disputed, kWhUse=str(number))
    press(cast.wires, disputed, "begin-working")
    typed = {"EsiID": esi_id, "OrigTrxnID": tran_id}
    taken = press(cast.acme, file_issue(cast.acme, "inadvertent-losing", typed), "submit")
    served = file_issue(cast.acme, "rep-of-record", {"Assignee": cast.duns("bolt"), "EsiID": esi_id} | START)
    press(cast.bolt, press(cast.acme, served, "submit"), "begin-working")
    press(cast.bolt, served, "complete", "It is ours.")
    link_issues(cast.acme, disputed.number, taken.number, "duplicates")
    attach_files(cast.acme, disputed.number, [STATEMENT])
    attach_url(cast.wires, disputed.number, "https://example.com/reads", "Reads")
    for attachment in db.session.scalars(select(Attachment).where(Attachment.issue_id == disputed.id)):
        keep_inside(attachment, "Read on 2026-03-01: 1204.5")
        attachment.scan = Scan.CLEAN if attachment.sha256 else None
    note = Press("add-comment", comment="A note of ours.", ring=Ring.COMPANY)
    press_transition(cast.wires, disputed.number, note)
    keep_reply(cast.acme, disputed.number, "add-comment", {"comment": "Half a thought", "ring": "parties"})
    be_here(cast.wires, disputed.number)
    watch(cast.acme, disputed.number)
    carry_on(begin_act(cast.acme, [disputed.number, taken.number], "add-comment", {}, "All of them.").id)
    db.session.commit()


def _know(cast: Cast, esi_id: str, tran_id: str) -> None:
    """The registry knows the premise, whose retailer changed, and two more."""
    acme, bolt = cast.duns("acme"), cast.duns("bolt")
    for meter in range(1, EACH):
        know_premise(cast, f"{esi_id[:15]}{meter}{esi_id[16:]}")
    know_premise(cast, esi_id, rep=bolt)
    db.session.add(RepOfRecord(esi_id=esi_id, start=now().date(), rep_duns=bolt))
    order = {"orig_tran_id": tran_id, "global_id": f"G{tran_id}", "gaining_duns": bolt, "losing_duns": acme}
    known = {"kind": "Move-In", "priority": False, "status": "Completed", "loaded_at": now()}
    db.session.add(MarketOrder(esi_id=esi_id, **order, **known))


# The copies

APART = 10_000
"""The ids of each copy lie so far behind those of the one before it; the story itself has fewer rows in any table."""

NUMBERS = 1_000_000_000
"""The numbers of copies lie behind those that the product gives."""

SINGLE = {"esi_id_prefix", "market_fact"}
DUNS = {"duns", "tdsp_duns", "rep_duns", "gaining_duns", "losing_duns"}
OF_THEIR_OWN = {
    *("public_id", "message_id", "token_hash", "sha256", "user_name", "subject", "receiver", "tail"),
    *("legal_name", "legal_key"),
    *("orig_tran_id", "tran_id", "global_id"),
}

Row = ReadOnlyColumnCollection[str, Column[Any]]
Shared = dict[str, list[Any]]


def multiply(connection: Connection, times: int) -> None:
    """Copy every row so often that there are `times` as many."""
    first = select(literal(1, Integer).label("k")).cte("copies", recursive=True)
    copies = first.union_all(select(first.c.k + 1).where(first.c.k < times - 1))
    shared = _shared(connection)
    for table in db.metadata.sorted_tables:
        if table.name not in SINGLE:
            _copy(connection, table, copies, shared)


def _shared(connection: Connection) -> Shared:
    """ERCOT, its people and its DUNS, by the table that they are in."""
    ercot = connection.execute(select(Company.id, Company.duns).where(Company.kind == "ERCOT")).one()
    people = connection.scalars(select(Person.id).where(Person.company_id == ercot.id))
    return {"company": [ercot.id], "person": list(people), "duns": [ercot.duns]}


def _copy(connection: Connection, table: Table, copies: CTE, shared: Shared) -> None:
    original = table.alias("original")
    values = [_value(original.c, column, copies.c.k, shared) for column in table.columns]
    rows = select(*values).select_from(original.join(copies, literal(1) == literal(1)))
    if table.name in shared:
        rows = rows.where(original.c.id.not_in(shared[table.name]))
    connection.execute(insert(table).from_select([column.name for column in table.columns], rows))


def _value(row: Row, column: Column[Any], k: ColumnElement[int], shared: Shared) -> ColumnElement[Any]:
    original: ColumnElement[Any] = row[column.name]
    referred = next((key.column.table.name for key in column.foreign_keys if key.column.name == "id"), "")
    if referred or column.name in ("id", "last_event_id"):
        return _kept(original, shared.get(referred, []), original + k * APART)
    if column.name == "number":
        return row["id"] + k * APART + NUMBERS
    return _text(original, column, cast(k + APART, String), shared)


def _text(
    original: ColumnElement[Any], column: Column[Any], apart: ColumnElement[str], shared: Shared
) -> ColumnElement[Any]:
    if (column.table.name, column.name) == (SearchDocument.__tablename__, "words"):
        return cast(literal(""), column.type)  # the index of copies would answer for companies that do not see them
    if column.name == "esi_id":
        return func.substr(original, 1, func.length(original) - 5, type_=String) + apart
    if column.name in DUNS:
        return _kept(original, shared["duns"], original + apart)
    own = column.name in OF_THEIR_OWN or (column.table.name, column.name) == ("issue_identifier", "value")
    return original + apart if own else original


def _kept(original: ColumnElement[Any], shared: list[Any], otherwise: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((original.in_(shared), original), else_=otherwise) if shared else otherwise
