"""A company's rules for its groups: kept by its administrators, applied when an issue comes to the company."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache

from sqlalchemy import bindparam, delete, func, select

from tracker.actions.at_once import hold_to_manage
from tracker.db import AnySelect, db
from tracker.domain import catalogue
from tracker.domain.fields import Field, OwnGroup, Text, clean_all
from tracker.domain.group_rules import Rule, first_fitting
from tracker.errors import Invalid
from tracker.models import GroupRule, Issue, IssueParty, Person, WorkGroup
from tracker.queries.people import NO_OPEN_GROUP, open_group, require_managing

MOST_RULES = 200
SUBTYPE = catalogue.SUBTYPE.said(help="Empty: every subtype.")
PREFIX = Text(
    name="esi_id_prefix",
    label="ESI ID begins with",
    help="Digits. Empty: every ESI ID, and issues without one.",
    max_length=22,
    pattern=r"[0-9]{1,22}",
    pattern_hint="1 to 22 digits",
    required=False,
)
GROUP = OwnGroup(name="group", label="Group", help="Where the issue goes.")
ABOUT_A_RULE: tuple[Field, ...] = (SUBTYPE, PREFIX, GROUP)


def choose_groups(issue: Issue, new: Iterable[IssueParty]) -> None:
    """Put each of the sides that just came into the group that its company's rules choose, unless it has one."""
    rules: dict[int, list[Rule]] = defaultdict(list)
    for row in db.session.execute(_rules(), {"parties": [party.id for party in new]}):
        rules[row.party_id].append(Rule(row.group_id, row.subtype, row.esi_id_prefix))
    for party_id, of_party in rules.items():
        rule = first_fitting(of_party, issue.subtype, issue.esi_id)
        if rule:
            db.session.get_one(IssueParty, party_id).group_id = rule.group_id
    db.session.flush()


@cache
def _rules() -> AnySelect:
    """The rules of the companies of these sides that have no group, in their order; closed groups take nothing."""
    columns = (IssueParty.id.label("party_id"), GroupRule.group_id, GroupRule.subtype, GroupRule.esi_id_prefix)
    return (
        select(*columns)
        .join(GroupRule, GroupRule.company_id == IssueParty.company_id)
        .join(WorkGroup, WorkGroup.id == GroupRule.group_id)
        .where(IssueParty.id.in_(bindparam("parties", expanding=True)), IssueParty.group_id.is_(None))
        .where(WorkGroup.closed_at.is_(None))
        .order_by(IssueParty.id, GroupRule.place, GroupRule.id)
    )


def add_rule(actor: Person, raw: Mapping[str, object]) -> None:
    """Add a rule at the end of the company's list. Raises `Invalid`."""
    hold_to_manage(actor, actor.company)
    values, reasons = clean_all(ABOUT_A_RULE, raw)
    group = open_group(actor, str(values["group"])) if "group" not in reasons else None
    if "group" not in reasons and group is None:
        reasons["group"] = NO_OPEN_GROUP
    if reasons or group is None:
        raise Invalid(reasons)
    count, last = db.session.execute(
        select(func.count(), func.max(GroupRule.place)).where(GroupRule.company_id == actor.company_id)
    ).one()
    if count >= MOST_RULES:
        raise Invalid(f"A company has at most {MOST_RULES} rules. Remove one that is not needed.")
    rule = GroupRule(company_id=actor.company_id, place=(last or 0) + 1, group_id=group.id)
    rule.subtype, rule.esi_id_prefix = values["subtype"], values["esi_id_prefix"]  # type: ignore[assignment]  # text, both
    db.session.add(rule)
    db.session.flush()


def remove_rule(actor: Person, public_id: str) -> None:
    """Take a rule of the actor's company from the list; what it chose before stays."""
    require_managing(actor, actor.company)
    db.session.execute(
        delete(GroupRule).where(GroupRule.public_id == public_id, GroupRule.company_id == actor.company_id)
    )


def move_rule_up(actor: Person, public_id: str) -> None:
    """Let a rule come before the one above it."""
    hold_to_manage(actor, actor.company)
    own = select(GroupRule).where(GroupRule.company_id == actor.company_id).order_by(GroupRule.place, GroupRule.id)
    rules = list(db.session.scalars(own))
    here = next((place for place, rule in enumerate(rules) if rule.public_id == public_id), 0)
    if here:
        rules[here - 1], rules[here] = rules[here], rules[here - 1]
    for place, rule in enumerate(rules):
        rule.place = place
    db.session.flush()
