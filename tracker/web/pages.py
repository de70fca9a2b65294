"""The groups of pages, in the order of the menu."""

from flask import Blueprint

from tracker.web import (
    account,
    attachments,
    claims,
    companies,
    contacts,
    guide,
    home,
    inbox,
    issue,
    issues,
    jump,
    metrics,
    new,
    people,
    probes,
    replies,
    sign_in,
    suggest,
    transitions,
    views,
)

PAGES: tuple[Blueprint, ...] = (
    home.pages,
    inbox.pages,
    issues.pages,
    views.pages,
    jump.pages,
    suggest.pages,
    metrics.pages,
    new.pages,
    issue.pages,
    transitions.pages,
    replies.pages,
    claims.pages,
    attachments.pages,
    guide.pages,
    people.pages,
    companies.pages,
    contacts.pages,
    account.pages,
    sign_in.pages,
    probes.pages,
)
