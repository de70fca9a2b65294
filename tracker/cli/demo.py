"""`flask demo`: a market to try things in, with a registry and a year of issues."""

import click
from flask import current_app
from flask.cli import with_appcontext

from tracker.actions.store_identity import ensure_ours
from tracker.cli.plainly import Command
from tracker.committing import commit
from tracker.db import reads_only
from tracker.demo.making import ISSUES, has_companies, make_demo
from tracker.demo.writing import kept_in
from tracker.queries.store_identity import trouble_with

REFUSED = (
    "This database holds a market already, so no demo market was made in it. "
    "To try the demo, name an empty data folder with TRACKER_DATA and run this again."
)


@click.command("demo", cls=Command, help="Make a demo market in an empty database.")
@click.option("--if-empty", is_flag=True, help="Do nothing, and say nothing, when there are companies already.")
@with_appcontext
def command(if_empty: bool) -> None:
    """Fill an empty database with companies, people, a registry and about two thousand issues."""
    with reads_only():
        is_market = has_companies()
    if is_market:
        if if_empty:
            return
        raise click.ClickException(REFUSED)
    config = current_app.config["TRACKER"]
    trouble = trouble_with(config.attachments)
    if trouble:
        raise click.ClickException(trouble)
    ensure_ours(config.attachments)
    with click.progressbar(length=ISSUES, label="Making the demo market") as bar:
        made = make_demo(kept_in(config.attachments), lambda done, of: bar.update(1))
    commit()
    click.echo(f"The demo market is ready: {made:,} issues. Its people are listed on the sign-in page.")
