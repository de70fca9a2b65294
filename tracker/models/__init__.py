"""The tables, one subject a file."""

from tracker.models.attachment import Attachment, LetGo
from tracker.models.bulk import BulkAct, BulkItem
from tracker.models.claim import Claim
from tracker.models.company import Company, EsiIdPrefix, GroupRule, WorkGroup
from tracker.models.draft import Draft, DraftFile, Reply
from tracker.models.history import Comment, Event, Job
from tracker.models.issue import HandOff, Issue, IssueLink, IssueParty, IssueViewer
from tracker.models.market import MarketFact
from tracker.models.notice import Contact, LateWarning, Mail, Notice, ViewWatch, Watch, WatchedIssue
from tracker.models.person import FailedSignIns, KnownDevice, Person, SignInLink, SignInSession
from tracker.models.presence import IssueOpening, Presence
from tracker.models.registry import MarketOrder, Premise, RegistryLook, RepOfRecord
from tracker.models.search import AttachmentText, IssueIdentifier, SearchDocument
from tracker.models.view import SavedView, Scope, ViewPin

__all__ = [
    "Attachment",
    "AttachmentText",
    "BulkAct",
    "BulkItem",
    "Claim",
    "Comment",
    "Company",
    "Contact",
    "Draft",
    "DraftFile",
    "EsiIdPrefix",
    "Event",
    "FailedSignIns",
    "GroupRule",
    "HandOff",
    "Issue",
    "IssueIdentifier",
    "IssueLink",
    "IssueOpening",
    "IssueParty",
    "IssueViewer",
    "Job",
    "KnownDevice",
    "LateWarning",
    "LetGo",
    "Mail",
    "MarketFact",
    "MarketOrder",
    "Notice",
    "Person",
    "Premise",
    "Presence",
    "RegistryLook",
    "RepOfRecord",
    "Reply",
    "SavedView",
    "Scope",
    "SearchDocument",
    "SignInLink",
    "SignInSession",
    "ViewPin",
    "ViewWatch",
    "Watch",
    "WatchedIssue",
    "WorkGroup",
]
