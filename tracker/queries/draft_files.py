"""The files that are kept with a form until it is sent: of a new issue, or of a reply."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select

from tracker.db import db
from tracker.models import Draft, DraftFile, Issue, Person, Reply


def kept_in(form: Draft | Reply) -> ColumnElement[bool]:
    """The condition on `DraftFile`: it is kept with this form."""
    return DraftFile.draft_id == form.id if isinstance(form, Draft) else DraftFile.reply_id == form.id


def files_in(form: Draft | Reply | None) -> Sequence[DraftFile]:
    """The files of a form, in the order in which they were chosen."""
    if form is None:
        return ()
    return db.session.scalars(select(DraftFile).where(kept_in(form)).order_by(DraftFile.id)).all()


def reply_on(actor: Person, issue: Issue, form: str) -> Reply | None:
    """What the actor keeps in this form of the issue."""
    mine = (Reply.person_id == actor.id, Reply.issue_id == issue.id, Reply.form == form)
    return db.session.scalar(select(Reply).where(*mine))


def files_chosen(actor: Person, issue: Issue, public_ids: Sequence[str]) -> Sequence[DraftFile]:
    """Those among the files that the actor keeps on the issue which a form showed, and so sends along."""
    if not public_ids:
        return ()
    kept = select(DraftFile).join(Reply, Reply.id == DraftFile.reply_id).order_by(DraftFile.id)
    mine = (Reply.person_id == actor.id, Reply.issue_id == issue.id, DraftFile.public_id.in_(public_ids))
    return db.session.scalars(kept.where(*mine)).all()


def files_of_reply(actor: Person, public_id: str | None) -> Sequence[DraftFile]:
    """The files that the actor keeps with the reply under this address; none where nothing is kept."""
    if public_id is None:
        return ()
    kept = select(DraftFile).join(Reply, Reply.id == DraftFile.reply_id).order_by(DraftFile.id)
    return db.session.scalars(kept.where(Reply.person_id == actor.id, Reply.public_id == public_id)).all()
