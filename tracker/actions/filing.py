"""Filing an issue: every door calls `file_issue`."""

from collections.abc import Container, Mapping, Sequence

from tracker.actions.attachments import StoredFile, add_files
from tracker.actions.automation import pick_parties
from tracker.actions.comments import cleaned_comment, reasons_against, require_readers, say
from tracker.actions.grouping import choose_groups
from tracker.actions.history import record, settle_viewers
from tracker.actions.identifiers import keep_identifiers
from tracker.actions.linking import link_follow_up
from tracker.actions.looking import checked
from tracker.actions.numbering import number_issue
from tracker.actions.standing import set_state, set_values
from tracker.clock import now
from tracker.db import db
from tracker.domain import catalogue
from tracker.domain.deeds import SUBMIT
from tracker.domain.fields import CompanyRef, Value, clean_all
from tracker.domain.permissions import Right
from tracker.domain.roles import CompanyKind, Role
from tracker.domain.rules import broken
from tracker.domain.subtype import Subtype
from tracker.domain.workflow import parties_named
from tracker.errors import Forbidden, Invalid, NotFound
from tracker.models import Company, Issue, IssueParty, Person
from tracker.queries.checks import Finding, Outcome
from tracker.queries.companies import companies_by_duns
from tracker.queries.rights import require

PENDING = "Pending Issue"
COMMENTS_TEXT = "CommentsText"
"""The field of the market that is no value of the issue but its first comment."""
KIND_OF_ROLE = {Role.TDSP: CompanyKind.TDSP, Role.GAINING: CompanyKind.CR, Role.LOSING: CompanyKind.CR}
"""The kind of company that a role takes; other roles take any."""


def file_issue(
    actor: Person,
    subtype_key: str,
    raw: Mapping[str, object],
    *,
    files: Sequence[StoredFile] = (),
    source: str = "gui",
    follows: Issue | None = None,
) -> Issue:
    """File an issue with what was typed. Refused as a whole with `Invalid`, reasons by field.

    Checks that warn park it in Pending Issue, where only its filer sees it. `follows` is a finished
    issue that this one continues.
    """
    subtype = subtype_to_file(actor, subtype_key)
    values, comment, findings = cleaned_filing(actor, subtype, raw, has_file=bool(files))
    warnings = [finding for finding in findings if finding.outcome is Outcome.WARNING]
    issue = open_issue(actor, subtype, values, warnings=warnings, comment=comment, files=files, source=source)
    if follows is not None:
        link_follow_up(actor, issue, follows)
    if not warnings:
        pick_parties(issue)
    return issue


def file_child(actor: Person, parent: Issue, esi_id: str) -> Issue:
    """File the part of an LPA issue that is about one ESI ID (marketrak.md section 4.12)."""
    subtype = catalogue.by_key(parent.subtype)
    return open_issue(actor, subtype, {**parent.values, "EsiID": esi_id}, source=parent.source, parent=parent)


def open_issue(
    actor: Person,
    subtype: Subtype,
    values: dict[str, Value],
    *,
    source: str,
    warnings: Sequence[Finding] = (),
    comment: str = "",
    files: Sequence[StoredFile] = (),
    parent: Issue | None = None,
) -> Issue:
    """The rows of a new issue whose values are clean: itself, its parties, its first event."""
    issue = _new_issue(actor, subtype, values, source, parent)
    choose_groups(issue, _add_parties(actor, subtype, issue, values))
    _begin(issue, subtype, warnings)
    require_readers(actor, comment, [issue.id], field=COMMENTS_TEXT)
    event = record(actor, issue, SUBMIT, from_state=None, comment=say(actor, issue, comment))
    add_files(actor, issue, event, files)
    return issue


def subtype_to_file(actor: Person, key: str) -> Subtype:
    """The subtype, if the actor may file it. Raises `NotFound`, `Forbidden` or `Invalid`."""
    require(actor, Right.WORK_ISSUES)
    subtype = catalogue.find(key)
    if subtype is None:
        raise NotFound("There is no such subtype. Pick one from the list of new issues.")
    if subtype.retired:
        raise Invalid(
            f"{subtype.name} is retired: its issues stay readable, and new ones are filed as another subtype."
        )
    if not actor.company.is_active:
        left = f"{actor.company.name} left the market on {actor.company.left_on}"
        raise Forbidden(f"{left}: it works its open issues and files no new ones.")
    if not may_file(actor, subtype):
        kinds = " or a ".join(subtype.filed_by)
        raise Forbidden(f"{subtype.name} is filed by a {kinds}; {actor.company.name} is a {actor.company.kind}.")
    return subtype


def may_file(actor: Person, subtype: Subtype) -> bool:
    """The kind of the actor's company files this subtype, and the company is in the market."""
    return not subtype.retired and actor.company.is_active and CompanyKind(actor.company.kind) in subtype.filed_by


def cleaned_filing(
    actor: Person, subtype: Subtype, raw: Mapping[str, object], *, has_file: bool
) -> tuple[dict[str, Value], str, list[Finding]]:
    """The values, the comment and what the checks found. Raises `Invalid` with every reason at once."""
    values, reasons = clean_all(subtype.fields, raw)
    comment = str(values.pop(COMMENTS_TEXT, None) or "")
    reasons |= reasons_against(raw.get(COMMENTS_TEXT), field=COMMENTS_TEXT)
    findings = checked(actor, subtype, values)
    reasons = broken_rules(subtype, values, findings, refused=reasons) | reasons
    if subtype.needs_attachment and not has_file:
        reasons["files"] = f"{subtype.name} needs its documents: attach at least one file."
    if reasons:
        raise Invalid(reasons)
    return values, cleaned_comment(comment), findings


def broken_rules(
    subtype: Subtype, values: Mapping[str, Value], findings: Sequence[Finding], *, refused: Container[str]
) -> dict[str, str]:
    """Why these values cannot stand together: rules of the subtype, unknown companies, failed checks."""
    reasons = broken(subtype.rules, values, refused)
    reasons |= {finding.field: finding.text for finding in findings if finding.outcome is Outcome.ERROR}
    return unknown_companies(subtype, values) | reasons


def unknown_companies(subtype: Subtype, values: Mapping[str, Value]) -> dict[str, str]:
    """The reasons of company fields that name no active company, or one that cannot have the role."""
    asked = [field for field in subtype.all_fields.values() if isinstance(field, CompanyRef) and values.get(field.name)]
    known = {company.duns: company for company in companies_by_duns(str(values[field.name]) for field in asked)}
    reasons = {field.name: _refused_company(field, known.get(str(values[field.name]))) for field in asked}
    return {name: reason for name, reason in reasons.items() if reason}


def _refused_company(field: CompanyRef, company: Company | None) -> str | None:
    if company is None:
        return "No company of this market has this DUNS. Pick one from the list."
    if not company.is_active:
        return f"{company.name} left the market on {company.left_on}. Pick another company."
    needed = KIND_OF_ROLE.get(field.role)
    if needed and company.kind != needed:
        return f"{company.name} is a {company.kind}; {field.label} takes a {needed}."
    return None


def _new_issue(actor: Person, subtype: Subtype, values: dict[str, Value], source: str, parent: Issue | None) -> Issue:
    moment = now()
    issue = Issue(
        subtype=subtype.key,
        workflow=subtype.workflow.key,
        workflow_version=subtype.workflow.version,
        state="",
        status="",
        is_open=True,
        source=source,
        submitted_by_id=actor.id,
        submitter_id=actor.company_id,
        filed_values=values,
        warnings=[],
        created_at=moment,
        changed_at=moment,
        state_changed_at=moment,
        turn_since=moment,
        parent_id=parent.id if parent else None,
    )
    set_values(issue, dict(values))
    number_issue(issue)
    keep_identifiers(issue)
    return issue


def _add_parties(actor: Person, subtype: Subtype, issue: Issue, values: Mapping[str, Value]) -> Sequence[IssueParty]:
    own = [role for role in (Role.SUBMITTER, subtype.submitter_role) if role]
    named = parties_named(subtype.fields, values)
    companies = {company.duns: company.id for company in companies_by_duns(named.values())}
    rows: list[tuple[Role, int, int | None]] = [(role, actor.company_id, actor.id) for role in own]
    rows += [(role, companies[duns], None) for role, duns in named.items()]
    parties = [
        IssueParty(issue_id=issue.id, role=role, company_id=company_id, owner_id=owner_id, since=issue.created_at)
        for role, company_id, owner_id in rows
    ]
    db.session.add_all(parties)
    db.session.flush()
    return parties


def _begin(issue: Issue, subtype: Subtype, warnings: Sequence[Finding]) -> None:
    issue.warnings = [finding.as_row() for finding in warnings]
    issue.available_at = None if warnings else now()
    set_state(issue, PENDING if warnings else subtype.workflow.start)
    settle_viewers(issue)
