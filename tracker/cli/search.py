"""`flask search`: make the index anew, and compare it with the database."""

import click
from flask import current_app

from tracker.actions.indexing import begin_building, build_next, mend
from tracker.cli.plainly import Group
from tracker.committing import commit
from tracker.db import db
from tracker.queries.indexing import count_issues
from tracker.search import SearchBackend, SearchUnavailable

group = Group("search", help="The index of the search.")


@group.command("rebuild")
def rebuild() -> None:
    """Make the index anew beside the one that is served, and swap it in. Begun before, it goes on where it was."""
    engine = _engine()
    begin_building(engine)
    commit()
    length = count_issues()
    db.session.rollback()  # whoever counted must hold up nobody while this waits for its turn
    with click.progressbar(length=length, label="Indexing") as bar:
        while (building := engine.building()) is not None:
            bar.update(count_issues(building.last_id) - bar.pos)
            db.session.rollback()
            build_next(engine)
            commit()
        bar.update((bar.length or 0) - bar.pos)
    click.echo(f"The index ({engine.name}) is whole and served.")


@group.command("check")
def check() -> None:
    """Compare every issue with the index, and put right what differs."""
    mended = 0
    try:
        for _ in mend(_engine()):
            mended += 1
            commit()
    except SearchUnavailable as reason:
        raise click.ClickException(f"{reason} Run: flask --app wsgi search rebuild") from None
    click.echo(
        f"{mended:,} issues differed and were indexed again." if mended else "The index agrees with the database."
    )


def _engine() -> SearchBackend:
    engine: SearchBackend = current_app.extensions["search"]
    return engine
