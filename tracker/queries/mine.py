"""What is the reader's own: on an issue, in one statement; and the replies that are not sent yet."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, bindparam, exists, select

from tracker.db import AnyRow, AnySelect, db
from tracker.domain.deeds import ADD_COMMENT
from tracker.errors import NotFound
from tracker.models import Issue, IssueViewer, Person, Reply, Watch


class Mine(NamedTuple):
    """What the reader keeps on an issue.

    `watches` it (True), mutes it (False), or is told as whoever takes part (None); `raw` is what was typed into the
    form that is shown and not sent, with when it was kept and how it is addressed.
    """

    watches: bool | None
    raw: dict[str, Any]
    kept_at: datetime | None
    public_id: str | None


def mine_on(actor: Person, issue: Issue, form: str = ADD_COMMENT) -> Mine:
    """What the actor keeps on this issue, with the reply in this form."""
    row = db.session.execute(_mine(), {"me": actor.id, "issue": issue.id, "form": form}).one()
    return Mine(None if row.muted is None else not row.muted, row.raw or {}, row.changed_at, row.public_id)


def replies_of(actor: Person) -> Sequence[AnyRow]:
    """What the actor has typed and not sent, and whether the issue is `seen`.

    Each has `public_id`, `number`, `subtype`, `form`, `raw` and `changed_at`.
    """
    return db.session.execute(_replies(), {"me": actor.id, "viewer": actor.company_id}).all()


def reply_of(actor: Person, public_id: str) -> AnyRow:
    """One of them. Raises `NotFound`."""
    given = {"me": actor.id, "viewer": actor.company_id, "public_id": public_id}
    row = db.session.execute(_replies().where(Reply.public_id == bindparam("public_id")), given).first()
    if row is None:
        raise NotFound("There is no such reply among those that you keep.")
    return row


@cache
def _mine() -> AnySelect:
    me: BindParameter[int] = bindparam("me")
    issue: BindParameter[int] = bindparam("issue")
    watch = (Watch.issue_id == Issue.id) & (Watch.person_id == me)
    reply = (Reply.issue_id == Issue.id) & (Reply.person_id == me) & (Reply.form == bindparam("form"))
    columns = select(Watch.muted, Reply.raw, Reply.changed_at, Reply.public_id).select_from(Issue)
    return columns.outerjoin(Watch, watch).outerjoin(Reply, reply).where(Issue.id == issue)


@cache
def _replies() -> AnySelect:
    seen = exists().where(IssueViewer.issue_id == Reply.issue_id, IssueViewer.company_id == bindparam("viewer"))
    columns = (
        Reply.public_id,
        Reply.form,
        Reply.raw,
        Reply.changed_at,
        Issue.number,
        Issue.subtype,
        seen.label("seen"),
    )
    statement = select(*columns).join(Issue, Issue.id == Reply.issue_id).where(Reply.person_id == bindparam("me"))
    return statement.order_by(Reply.changed_at.desc())
