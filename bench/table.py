"""What was measured, as Markdown."""

from collections.abc import Sequence

from bench.measuring import Measured

HEAD = (
    "| request | statements | CPU ms | req/s, 1 client | p50 ms | p95 ms | req/s, 8 clients | p50 ms | p95 ms |",
    "|---|---|---|---|---|---|---|---|---|",
)
LEAST_WORTH_NOTICING = 0.5
"""Milliseconds of CPU below which growth is noise."""


def table(title: str, measured: Sequence[Measured], rss: int) -> str:
    """One table: a line for each workload; what is over its budget is set in bold."""
    lines = [f"### {title}", "", *HEAD, *(_line(one) for one in measured), ""]
    return "\n".join([*lines, f"Memory of the two workers together: {rss / 1e6:.0f} MB.", ""])


def growth(small: Sequence[Measured], large: Sequence[Measured], sizes: Sequence[int]) -> str:
    """How CPU and time grew from the smaller to the larger number of issues."""
    lines = [
        f"| request | CPU ms at {min(sizes):,} | at {max(sizes):,} | growth |",
        "|---|---|---|---|",
    ]
    for before, after in zip(small, large, strict=True):
        grown = after.cpu_together / before.cpu_together - 1
        costs = f"{before.cpu_together:.1f} | {after.cpu_together:.1f}"
        lines.append(f"| {after.workload.name} | {costs} | {_marked(grown, after)} |")
    return "\n".join([*lines, ""])


def _line(one: Measured) -> str:
    work = one.workload
    cells = (
        work.name,
        _over(one.statements, work.budget_statements, "d"),
        _over(one.cpu_together, work.budget_cpu, ".1f"),
        f"{one.alone.per_second:.0f}",
        f"{one.alone.percentile(0.5):.1f}",
        f"{one.alone.percentile(0.95):.1f}",
        f"{one.together.per_second:.0f}",
        f"{one.together.percentile(0.5):.1f}",
        f"{one.together.percentile(0.95):.1f}",
    )
    return f"| {' | '.join(cells)} |"


def _over(value: float, budget: float | None, shape: str) -> str:
    text = format(value, shape)
    return f"**{text}** (budget {budget:g})" if budget is not None and value > budget else text


def _marked(grown: float, after: Measured) -> str:
    text = f"{grown:+.0%}"
    return f"**{text}**" if grown > 0.25 and grown * after.cpu_together > LEAST_WORTH_NOTICING else text
