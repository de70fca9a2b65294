"""`flask catalogue`: what kinds of issue there are, as JSON, and held against the market's facts."""

import json
from pathlib import Path

import click

from tracker.cli.plainly import Group
from tracker.domain.catalogue_export import KNOWN_DIFFERENCES, differences, export

group = Group("catalogue", help="Print the catalogue, or compare it with the market's facts.")


@group.command("export")
def export_catalogue() -> None:
    """Print every subtype and workflow as JSON."""
    click.echo(json.dumps(export(), indent=2, ensure_ascii=False))


@group.command("check")
@click.argument("facts", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check_catalogue(facts: Path) -> None:
    """Compare the catalogue with a facts file and name every difference; exits 1 when there is one."""
    found = differences(json.loads(facts.read_text(encoding="utf-8")))
    for line in found:
        click.echo(line)
    for name, reason in KNOWN_DIFFERENCES.items():
        click.echo(f"known and wanted: {name}: {reason}")
    click.echo(f"{len(found)} differences.")
    if found:
        raise SystemExit(1)
