"""The tables, one subject a file."""

from tracker.models.attachment import Attachment
from tracker.models.company import Company, EsiIdPrefix, WorkGroup
from tracker.models.draft import Draft, DraftFile
from tracker.models.history import Comment, Event, Job
from tracker.models.issue import HandOff, Issue, IssueLink, IssueParty, IssueViewer
from tracker.models.market import MarketFact
from tracker.models.person import FailedSignIns, KnownDevice, Person, SignInLink, SignInSession
from tracker.models.registry import MarketOrder, Premise, RepOfRecord

__all__ = [
    "Attachment",
    "Comment",
    "Company",
    "Draft",
    "DraftFile",
    "EsiIdPrefix",
    "Event",
    "FailedSignIns",
    "HandOff",
    "Issue",
    "IssueLink",
    "IssueParty",
    "IssueViewer",
    "Job",
    "KnownDevice",
    "MarketFact",
    "MarketOrder",
    "Person",
    "Premise",
    "RepOfRecord",
    "SignInLink",
    "SignInSession",
    "WorkGroup",
]
