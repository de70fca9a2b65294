"""An issue as it stands at one moment, as a mapping that can be kept."""

from typing import Any

from tracker.models import Issue
from tracker.queries.claims import claims_for
from tracker.queries.parties import parties_of


def snapshot_of(issue: Issue, company_id: int) -> dict[str, Any]:
    """What a company is shown of an issue besides its history: enough to show it again when it is closed to it."""
    parties = parties_of(issue.id)
    claims = claims_for(company_id, [issue], {issue.id: parties}).get(issue.id)
    return {
        "title": issue.title,
        "subtype": issue.subtype,
        "state": issue.state,
        "esi_id": issue.esi_id,
        "orig_tran_id": issue.orig_tran_id,
        "values": issue.values,
        "parties": [
            {"role": one.role, "company": one.company, "duns": one.duns, "of_operator": one.is_operator}
            for one in parties
        ],
        "claims": claims and claims.as_kept(),
    }
