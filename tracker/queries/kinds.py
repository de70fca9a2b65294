"""The subtype and the workflow of an issue, in the version that it was filed under."""

from tracker.domain import catalogue
from tracker.domain.subtype import Subtype
from tracker.domain.workflow import Workflow
from tracker.models import Issue


def subtype_of(issue: Issue) -> Subtype:
    """The subtype of the issue, a retired one too."""
    return catalogue.by_key(issue.subtype)


def workflow_of(issue: Issue) -> Workflow:
    """The workflow that the issue moves by."""
    return catalogue.workflow_of(issue.workflow, issue.workflow_version)
