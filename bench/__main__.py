"""Load, serve, ask, and print the tables: `python -m bench [--issues N] [--database sqlite|postgres]`."""

import argparse
import signal
import sys

from bench.bombs import bomb_table
from bench.databases import application, copy_of, index_size, indexed
from bench.lag import measured_lag, spoilable, working
from bench.measuring import Measured, measure, workloads
from bench.scene import set_scene
from bench.searching import search_table
from bench.serving import served
from bench.table import growth, table

KINDS = {"sqlite": "SQLite", "postgres": "PostgreSQL"}


def main() -> None:
    """Measure each database at two sizes."""
    wanted = _arguments()
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(1))  # so that what was started is stopped as well
    sizes = sorted({max(wanted.issues // 10, 1000), wanted.issues})
    for kind in [wanted.database] if wanted.database else KINDS:
        by_size = [_measured(kind, issues, wanted.only) for issues in sizes]
        if len(by_size) > 1 and wanted.only != "search":
            print(f"### {KINDS[kind]}: growth\n\n{growth(by_size[0], by_size[-1], sizes)}", flush=True)


def _measured(kind: str, issues: int, only: str | None) -> list[Measured]:
    with copy_of(kind, issues) as url, spoilable(indexed(issues)) as data, served(url, data) as server:
        app = application(url, server.port, data)
        scene = set_scene(app, issues)
        title = f"{KINDS[kind]}, {issues:,} issues; {scene.company.name} sees {len(scene.company.numbers):,} of them"
        measured: list[Measured] = []
        if only != "pages":
            print(f"### Search: {title}\n", *search_table(app, server, scene, kind), "", sep="\n", flush=True)
            print(*bomb_table(app, server, scene), "", sep="\n", flush=True)
            print(f"Index: {index_size(app, data):,.0f} MB.\n", flush=True)
            with working(url, data, server.port):
                print(measured_lag(server, scene.operator), "\n", flush=True)
        if only != "search":
            measured = [measure(server, app, workload) for workload in workloads(scene, server.port)]
            print(table(title, measured, server.workers_rss()), flush=True)
    return measured


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--issues", type=int, default=100_000, help="how many (a tenth is measured as well)")
    parser.add_argument("--database", choices=list(KINDS), help="one of the two; both when left out")
    parser.add_argument("--only", choices=["pages", "search"], help="one of the two; both when left out")
    return parser.parse_args()


if __name__ == "__main__":
    main()
