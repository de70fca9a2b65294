"""An issue as it stands at one moment, as a mapping that can be kept."""

from typing import Any

from tracker.models import Issue
from tracker.queries.claims import claims_of
from tracker.queries.parties import parties_of


def snapshot_of(issue: Issue) -> dict[str, Any]:
    """What the page of an issue shows besides its history: enough to show it again when it is closed to a company."""
    parties = parties_of(issue.id)
    claims = claims_of(issue, parties)
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
