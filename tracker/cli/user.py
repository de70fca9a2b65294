"""`flask user`: people, from the command line. No password ever stands there: people come in by a link."""

import json

import click
from flask import current_app

from tracker.actions.automation import the_clock
from tracker.actions.links import create_link
from tracker.actions.people import add_person
from tracker.cli.plainly import Group
from tracker.committing import commit
from tracker.db import reads_only
from tracker.domain.permissions import Rank
from tracker.errors import NotFound
from tracker.models import Company, Person
from tracker.queries.companies import companies
from tracker.queries.people import everybody
from tracker.queries.sessions import person_named

group = Group("user", help="Add people, make sign-in links for them, or list them.")

RANKS = [rank.value for rank in Rank if rank is not Rank.SYSTEM]


@group.command("add")
@click.argument("company_duns")
@click.argument("user_name")
@click.argument("full_name")
@click.argument("email")
@click.argument("rank", type=click.Choice(RANKS))
def add(company_duns: str, user_name: str, full_name: str, email: str, rank: str) -> None:
    """Add somebody to a company; `user link` then lets them in."""
    raw = {"user_name": user_name, "full_name": full_name, "email": email, "rank": rank}
    person = add_person(the_clock(), _company(company_duns), raw)
    commit()
    click.echo(
        f"{person.full_name} belongs to {person.company.name}. Next: flask --app wsgi user link {person.user_name}"
    )


@group.command("link")
@click.argument("name")
def link(name: str) -> None:
    """Print a link with which somebody signs in once, within an hour, and sets a password."""
    token = create_link(the_clock(), _person(name))
    commit()
    click.echo(f"{current_app.config['TRACKER'].base_url}/sign-in/link/{token}")


@group.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@reads_only()
def list_people(as_json: bool) -> None:
    """List everybody in the market."""
    rows = [
        {
            "user_name": person.user_name,
            "full_name": person.full_name,
            "email": person.email,
            "rank": person.rank,
            "active": person.active,
            "company": {"duns": person.company.duns, "name": person.company.name},
        }
        for person in everybody()
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for person in everybody():
        ended = "" if person.active else " (deactivated)"
        click.echo(f"{person.user_name:24}  {person.rank:13}  {person.full_name}, {person.company.name}{ended}")


def _company(duns: str) -> Company:
    for company in companies(also_left=True):
        if company.duns == duns:
            return company
    raise NotFound(f"No company of this market has the DUNS {duns}. List them: flask --app wsgi company list")


def _person(user_name: str) -> Person:
    person = person_named(user_name)
    if person is None or person.is_system:
        raise NotFound(f"Nobody has the user name {user_name}. List people: flask --app wsgi user list")
    return person
