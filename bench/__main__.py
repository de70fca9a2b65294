"""Load, serve, ask, and print the tables: `python -m bench [--issues N] [--database sqlite|postgres]`."""

import argparse
import signal
import sys

from bench.databases import application, copy_of
from bench.measuring import Measured, measure, workloads
from bench.scene import set_scene
from bench.serving import served
from bench.table import growth, table

KINDS = {"sqlite": "SQLite", "postgres": "PostgreSQL"}


def main() -> None:
    """Measure each database at two sizes."""
    wanted = _arguments()
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(1))  # so that what was started is stopped as well
    sizes = sorted({max(wanted.issues // 10, 1000), wanted.issues})
    for kind in [wanted.database] if wanted.database else KINDS:
        by_size = [_measured(kind, issues) for issues in sizes]
        if len(by_size) > 1:
            print(f"### {KINDS[kind]}: growth\n\n{growth(by_size[0], by_size[-1], sizes)}", flush=True)


def _measured(kind: str, issues: int) -> list[Measured]:
    with copy_of(kind, issues) as url, served(url) as server:
        app = application(url, server.port)
        scene = set_scene(app, issues)
        measured = [measure(server, app, workload) for workload in workloads(scene, server.port)]
        title = f"{KINDS[kind]}, {issues:,} issues; {scene.company.name} sees {len(scene.company.numbers):,} of them"
        print(table(title, measured, server.workers_rss()), flush=True)
    return measured


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--issues", type=int, default=100_000, help="how many (a tenth is measured as well)")
    parser.add_argument("--database", choices=list(KINDS), help="one of the two; both when left out")
    return parser.parse_args()


if __name__ == "__main__":
    main()
