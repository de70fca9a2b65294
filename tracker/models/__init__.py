"""The tables, one subject a file."""

from tracker.models.attachment import Attachment
from tracker.models.company import Company, EsiIdPrefix, WorkGroup
from tracker.models.draft import Draft, DraftFile
from tracker.models.history import Comment, Event, Job
from tracker.models.issue import HandOff, Issue, IssueLink, IssueParty, IssueViewer
from tracker.models.market import MarketFact
from tracker.models.person import FailedSignIns, KnownDevice, Person, SignInLink, SignInSession
from tracker.models.registry import MarketOrder, Premise, RepOfRecord
from tracker.models.search import AttachmentText, IssueIdentifier, SearchDocument
from tracker.models.view import SavedView, Scope, ViewPin

__all__ = [
    "Attachment",
    "AttachmentText",
    "Comment",
    "Company",
    "Draft",
    "DraftFile",
    "EsiIdPrefix",
    "Event",
    "FailedSignIns",
    "HandOff",
    "Issue",
    "IssueIdentifier",
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
    "SavedView",
    "Scope",
    "SearchDocument",
    "SignInLink",
    "SignInSession",
    "ViewPin",
    "WorkGroup",
]
