"""`flask registry`: load what the registration system knows, and switch its look-ups off and on."""

import csv
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import IO, Any

import click

from tracker.actions.registry_import import load_rows, switch_registry_off, switch_registry_on
from tracker.actions.registry_reading import Chunk, Refusal, chunks_of
from tracker.cli.plainly import Group
from tracker.committing import commit
from tracker.db import reads_only
from tracker.domain.registry_files import FILE_KINDS, FileKind
from tracker.queries.looks import looks_at
from tracker.queries.registry_state import registry_state

group = Group("registry", help="Load the market registry, or switch its look-ups off and on.")

MOST_TOLD = 1_000
"""So many refusals are printed; a file takes them all."""


@group.command("import")
@click.argument("kind", type=click.Choice(sorted(FILE_KINDS)))
@click.argument("file", type=click.File("rb"))
@click.option("--errors", type=click.File("w", encoding="utf-8"), help="Write every refusal to this CSV file.")
def import_file(kind: str, file: IO[bytes], errors: IO[str] | None) -> None:
    """Load FILE, a CSV of premises or of orders. Good lines are loaded; bad ones are named, and then it exits 1.

    Loading a file again changes nothing: a line takes the place of what was known of its ESI ID or order.
    """
    report = Report(errors)
    loaded = _load(FILE_KINDS[kind], file, report)
    report.tell()
    click.echo(f"{kind.capitalize()} loaded: {loaded:,}. Lines refused: {report.lines:,}.")
    if report.lines:
        raise SystemExit(1)


@group.command("off")
def off() -> None:
    """Switch the look-ups off: checks say “not checked” and block nobody."""
    switch_registry_off()
    commit()
    click.echo("The registry is off.")


@group.command("on")
def on() -> None:
    """Switch the look-ups on again."""
    switch_registry_on()
    commit()
    click.echo("The registry is on.")


@group.command("status")
@reads_only()
def status() -> None:
    """Say whether the look-ups run, and what the registry holds."""
    state = registry_state()
    click.echo(
        f"The registry is {'on' if state.is_on else 'off'}: {state.premises:,} premises, {state.orders:,} orders."
    )
    click.echo(f"Last loaded: {state.loaded_at:%Y-%m-%d %H:%M} UTC." if state.loaded_at else "Nothing was loaded yet.")


@group.command("looks")
@click.argument("esi_id")
@reads_only()
def looks(esi_id: str) -> None:
    """Say who looked the premise of ESI_ID up, and when first on each day."""
    for look in looks_at(esi_id):
        click.echo(f"{look.first_at:%Y-%m-%d %H:%M} UTC  {look.full_name} ({look.user_name}), {look.company}")


class Report:
    """What was refused: all of it into a file, if there is one, and the beginning kept for the screen."""

    def __init__(self, file: IO[str] | None) -> None:
        self.lines = 0
        self._told: list[Refusal] = []
        self._refusals = 0
        self._writer = csv.writer(file) if file else None
        self._write([("line", "column", "reason")])

    def add(self, chunk: Chunk) -> None:
        """Take in the refusals of a chunk."""
        self.lines += chunk.refused_lines
        self._refusals += len(chunk.refusals)
        self._told += chunk.refusals[: MOST_TOLD - len(self._told)]
        self._write([(refusal.line, refusal.column, refusal.reason) for refusal in chunk.refusals])

    def tell(self) -> None:
        """Print the first refusals, and how many more there are."""
        for refusal in self._told:
            column = f", column {refusal.column}" if refusal.column else ""
            click.echo(f"Line {refusal.line}{column}: {refusal.reason}", err=True)
        if self._refusals > MOST_TOLD:
            more = self._refusals - MOST_TOLD
            click.echo(f"And {more:,} more; --errors FILE.csv writes every one.", err=True)

    def _write(self, rows: Sequence[Sequence[object]]) -> None:
        if self._writer:
            self._writer.writerows(rows)


def _load(kind: FileKind, file: IO[bytes], report: Report) -> int:
    """Each chunk is read, checked and committed by itself, so that other writers get their turn."""
    loaded = 0
    with _progress(file, kind) as bar:
        for chunk in chunks_of(file, kind):
            load_rows(kind, chunk.rows)
            commit()
            loaded += len(chunk.rows)
            report.add(chunk)
            if bar:
                bar.update(chunk.size)
    return loaded


def _progress(file: IO[bytes], kind: FileKind) -> Any:
    """A bar over the bytes of the file; none for a pipe, whose length nobody knows."""
    size = Path(file.name).stat().st_size if isinstance(file.name, str) and Path(file.name).is_file() else 0
    return click.progressbar(length=size, label=f"Loading {kind.name}", file=sys.stderr) if size else nullcontext()
