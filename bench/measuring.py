"""What one kind of request costs: time, CPU, statements, at one client and at eight."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine

from bench.clients import Ask, Round, ask_all, page
from bench.scene import Scene, Visitor, closing, commenting, filing, token_in
from bench.serving import Server

WARM, ALONE, TOGETHER, CLIENTS = 24, 160, 640, 8
COUNTED = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


@dataclass(frozen=True)
class Workload:
    """One line of the table: who asks for what. `make` gives the request of a number."""

    name: str
    visitor: Visitor
    make: Callable[[int], Ask]
    budget_cpu: float
    budget_statements: int | None


@dataclass(frozen=True)
class Measured:
    """What a workload cost."""

    workload: Workload
    statements: int
    cpu_alone: float
    cpu_together: float
    alone: Round
    together: Round


def workloads(scene: Scene, port: int) -> list[Workload]:
    """All that is measured, reads before writes."""
    company, operator = scene.company, scene.operator
    token = token_in(page(port, company.cookie, "/issues/new/rep-of-record"))
    their_token = token_in(page(port, operator.cookie, "/issues/new"))
    return [
        Workload("home", company, lambda n: Ask("/"), 6, 10),
        Workload("list", company, lambda n: Ask("/issues?q=status:closed+sort:-created"), 4, 5),
        Workload("list, far down", company, lambda n: Ask(company.deep_list), 4, 5),
        Workload("list as ERCOT, page 40", operator, lambda n: Ask(operator.deep_list), 4, 5),
        Workload("issue page", company, lambda n: Ask(f"/issues/{company.numbers[n % len(company.numbers)]}"), 6, 10),
        Workload("press: comment", company, lambda n: commenting(company, token, n), 10, None),
        Workload("press: close", operator, lambda n: closing(operator, their_token, n), 10, None),
        Workload("file", company, lambda n: filing(company, scene, token, n), 10, None),
    ]


def measure(server: Server, app: Flask, workload: Workload) -> Measured:
    """Warm up, ask alone, ask together, and count the statements of one request in this process."""
    asks = [workload.make(number) for number in range(WARM + ALONE + TOGETHER + 2)]
    cookie = workload.visitor.cookie
    statements = count_statements(app, cookie, asks[:2])
    ask_all(server.port, cookie, asks[2 : 2 + WARM], 2)
    alone, cpu_alone = _timed(server, cookie, asks[2 + WARM : 2 + WARM + ALONE], 1)
    together, cpu_together = _timed(server, cookie, asks[2 + WARM + ALONE :], CLIENTS)
    return Measured(workload, statements, cpu_alone, cpu_together, alone, together)


def _timed(server: Server, cookie: str, asks: Sequence[Ask], clients: int) -> tuple[Round, float]:
    before = server.cpu_seconds()
    done = ask_all(server.port, cookie, asks, clients)
    if done.refused:
        print(f"  {done.refused} of {len(done.answers)} requests to {asks[0].path} were refused.")
    return done, 1000 * (server.cpu_seconds() - before) / len(done.answers)


def count_statements(app: Flask, cookie: str, asks: Sequence[Ask]) -> int:
    """The statements of the last of these requests, without the beginnings and ends of transactions."""
    client = app.test_client()
    client.set_cookie("sid", cookie, domain="127.0.0.1")
    with _counting() as counted:
        for ask in asks:
            counted.clear()
            form = ask.form
            base = f"http://127.0.0.1:{app.config['TRACKER'].base_url.rpartition(':')[2]}"
            client.get(ask.path, base_url=base) if form is None else client.post(ask.path, data=form, base_url=base)
    return len(counted)


@contextmanager
def _counting() -> Iterator[list[str]]:
    counted: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if statement.lstrip().upper().startswith(COUNTED):
            counted.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield counted
    finally:
        event.remove(Engine, "before_cursor_execute", note)
