"""The parts that a company can play on one issue, and the kinds of company there are."""

from enum import StrEnum


class Role(StrEnum):
    """The role of a company on an issue (marketrak.md section 1.2)."""

    SUBMITTER = "Submitter"
    ASSIGNEE = "Assignee"
    TDSP = "TDSP"
    ERCOT = "ERCOT"
    GAINING = "Gaining"
    LOSING = "Losing"
    SECONDARY = "Secondary"
    PRIOR_INVOLVED = "PriorInvolved"


ACTIVE_ROLES = tuple(role for role in Role if role is not Role.PRIOR_INVOLVED)


class CompanyKind(StrEnum):
    """What a company does in the market."""

    CR = "CR"
    TDSP = "TDSP"
    ERCOT = "ERCOT"
