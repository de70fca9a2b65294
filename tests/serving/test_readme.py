"""README's section for a server, followed step by step: installed, behind a real nginx, upgraded, on two machines.

With `TRACKER_DRILLS=1` it is installed to the letter too, and as many slow clients come as an attacker would send.
"""

import os
import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from socket import create_connection
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from tests.serving.lines import LONGEST
from tests.serving.proxying import Nginx, nginx_path, proxied
from tests.serving.readme import INSTALL, INSTEAD, Machine, blocks_of_guide, lines_to_follow
from tests.serving.running import established, free_port
from tests.serving.services import Service
from tests.serving.test_slow import HALVES

pytestmark = pytest.mark.drill
DRILLS = os.environ.get("TRACKER_DRILLS") == "1"
PASSWORD = "seven green lanterns"
OURS, OTHER, VICTIM = "127.0.0.1", "127.0.0.201", "198.51.100.1"
DATABASE_URL = (
    'echo "postgresql://tracker:$(cat /etc/tracker/database-password)@127.0.0.1/tracker" > /etc/tracker/database-url'
)
LISTEN, ONE, TWO = "listen 443 ssl http2;", "server 10.0.0.11:8000;", "server 10.0.0.12:8000;"


class Answer(NamedTuple):
    """What came back through nginx."""

    status: int
    headers: dict[str, str]
    text: str


class Installed:
    """The machine after the last step, and a client of its nginx."""

    def __init__(self, machine: Machine, port: int, database: str) -> None:
        self.machine, self.port, self.database = machine, port, database
        self.services: dict[str, Service] = {}
        self.nginx: Nginx | None = None
        self.link = ""

    def ask(
        self,
        path: str,
        fields: dict[str, str] | bytes | None = None,
        *,
        by: str = OURS,
        within: float = LONGEST,
        **headers: str,
    ) -> Answer:
        """Ask as somebody outside does: by the name of the product, on a connection of its own from this address."""
        connection = HTTPConnection(OURS, self.port, timeout=within, source_address=(by, 0))
        body = urlencode(fields) if isinstance(fields, dict) else fields
        own = {"Host": "tracker.example"} | {name.replace("_", "-"): value for name, value in headers.items()}
        if isinstance(fields, dict):
            own |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": "https://tracker.example"}
            own |= {"Referer": "https://tracker.example/"}
        connection.request("GET" if fields is None else "POST", path, body, own)
        answer = connection.getresponse()
        told = Answer(answer.status, dict(answer.headers), answer.read().decode())
        connection.close()
        return told

    def query(self, statement: str) -> list[tuple[object, ...]]:
        """What the database holds."""
        with psycopg.connect(self.database) as connection:
            return connection.execute(sql.SQL(statement)).fetchall()


TWINS = free_port(), free_port()
"""Where the product listens on two machines, which here are one."""


@pytest.fixture(scope="module")
def server_database(postgres_url: str) -> Iterator[str]:
    """Where the role and the database of README's second step are; they go when all is done."""
    parts = urlsplit(postgres_url)
    yield f"postgresql://tracker:any@{parts.netloc.rpartition('@')[2]}/tracker?{parts.query}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        for name in ("tracker", "tracker_before"):
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute("DROP ROLE IF EXISTS tracker")


@pytest.fixture(scope="module")
def installed(postgres_url: str, server_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    """Steps 1 to 6."""
    nginx_path()
    port = free_port()
    instead = {
        DATABASE_URL: f'echo "{server_database}" > /etc/tracker/database-url',
        LISTEN: f"listen {OURS}:{port};",
        ONE: f"server {OURS}:{TWINS[0]};",
        TWO: f"server {OURS}:{TWINS[1]};",
    }
    machine = Machine(
        tmp_path_factory.mktemp("machine"), instead | ({} if DRILLS else INSTALL), as_environment(postgres_url)
    )
    server = Installed(machine, port, server_database)
    for step in ("1. Install", "2. A database", "3. Settings"):
        machine.run(step)
    server.link = machine.run("4. The tables").splitlines()[-1]
    machine.run("5. Two services")
    machine.run("6. nginx")
    with ExitStack() as held:
        for name in ("tracker-web", "tracker-worker"):
            server.services[name] = Service(machine.unit(name), machine.root)
            held.callback(server.services[name].end)
        server.nginx = held.enter_context(proxied(machine.root / "nginx", machine.root / "etc/nginx/conf.d/*.conf"))
        yield server


def test_what_the_test_replaces_still_stands_there() -> None:
    assert {*INSTEAD, *INSTALL, DATABASE_URL, LISTEN, ONE, TWO} - lines_to_follow() == set()


def test_a_balancer_sees_it_ready_and_strangers_no_metrics(installed: Installed) -> None:
    assert installed.ask("/healthz").status == 200
    assert installed.ask("/readyz").status == 200, installed.ask("/readyz").text
    assert installed.ask("/metrics").status == 404
    token = (installed.machine.root / "etc/tracker/metrics-token").read_text().strip()
    assert "tracker_database_answers 1.0" in installed.ask("/metrics", Authorization=f"Bearer {token}").text


def test_the_first_administrator_comes_in_by_the_link(installed: Installed) -> None:
    """And is seen at the address that nginx saw, whatever the browser says of itself."""
    assert installed.link.startswith("https://tracker.example/sign-in/link/")
    path = urlsplit(installed.link).path
    page = installed.ask(path)
    assert "Dana Ruiz" in page.text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token
    cookie = page.headers["Set-Cookie"].split(";")[0]
    assert cookie.startswith("__Host-pre=")
    fields = {"csrf_token": token[1], "password": PASSWORD}
    answer = installed.ask(
        path, fields, Cookie=cookie, X_Forwarded_For=VICTIM, X_Forwarded_Host="evil.example", X_Real_IP=VICTIM,
        Forwarded=f"for={VICTIM}",
    )  # fmt: skip
    assert (answer.status, answer.headers["Location"]) == (302, "/")
    assert installed.query("SELECT address FROM sign_in_session") == [(OURS,)]


def test_thirty_strangers_who_guess_lock_nobody_else_out(installed: Installed) -> None:
    """Each is seen at an address of its own, so that only the guesser rests."""
    for number in range(30):
        assert signed_in(installed, f"127.0.0.{number + 2}", f"guess.{number}") == 422
    assert signed_in(installed, "127.0.0.200") == 302


def test_another_host_is_refused(installed: Installed) -> None:
    assert installed.ask("/sign-in").status == 200
    assert installed.ask("/sign-in", Host="evil.example").status == 400
    assert installed.ask("/sign-in", X_Forwarded_Host="evil.example").status == 200, "nginx drops it"


@pytest.mark.parametrize(("size", "by"), [(24, "gunicorn"), (26, "nginx")])
def test_a_sending_of_25_mb_comes_through(installed: Installed, size: int, by: str) -> None:
    """The product looks at it and asks who sends it; what is larger is refused by nginx."""
    sent, form = b"x" * (size << 20), "/issues/new/rep-of-record"
    answer = installed.ask(form, sent, Content_Type="application/octet-stream", Cookie="__Host-sid=any")
    assert (answer.status == 413) is (by == "nginx")


def test_slow_clients_are_kept_by_nginx(installed: Installed) -> None:
    """200 of them in the drills, where the probe is timed; here it is enough that they hold up nobody."""
    with ExitStack() as held:
        for number in range(200 if DRILLS else 30):
            client = held.enter_context(create_connection((OURS, installed.port)))
            client.sendall(HALVES[number % len(HALVES)].replace(b"localhost", b"tracker.example"))
        for path in ("/healthz", "/sign-in"):
            assert installed.ask(path, within=1 if DRILLS else LONGEST).status == 200


def test_the_worker_does_what_is_promised(installed: Installed) -> None:
    installed.services["tracker-worker"].wait_for("The worker is ready.")


def test_an_upgrade_refuses_nobody(installed: Installed) -> None:
    over, answers = threading.Event(), set()

    def ask() -> None:
        while not over.is_set():
            answers.add(installed.ask("/sign-in").status)

    asking = threading.Thread(target=ask)
    asking.start()
    before = installed.services["tracker-web"].main
    installed.machine.run("Upgrade it")
    installed.services["tracker-web"].reload()
    over.set()
    asking.join(LONGEST)
    assert installed.services["tracker-web"].main != before
    assert answers == {200}


def test_two_machines_share_the_work(installed: Installed) -> None:
    """The same people, the same forms: a page of one is sent to the other."""
    machine, nginx = installed.machine, installed.nginx
    assert nginx is not None
    machine.run("More machines")
    with ExitStack() as held:
        for number, port in enumerate(TWINS):
            data = machine.root / f"var/lib/tracker-{number}"
            data.mkdir(mode=0o700)
            (data / "attachments").symlink_to(machine.root / "var/lib/tracker/attachments")  # stands for the mount
            settings = {"TRACKER_DATA": str(data), "TRACKER_BIND": f"{OURS}:{port}", "TRACKER_TRUSTED_PROXIES": OURS}
            held.callback(Service(machine.unit("tracker-web"), data, **settings).end)
        nginx.reload()
        for _ in range(4):
            assert signed_in(installed, OTHER) == 302
        assert all(established(port) for port in TWINS), "nginx keeps connections to both"
        assert installed.query(f"SELECT count(*) FROM sign_in_session WHERE address = '{OTHER}'") == [(4,)]


def test_the_guide_backs_up_and_restores_all_of_it(installed: Installed, postgres_url: str) -> None:
    """The last of these tests. The services rest meanwhile, so that nothing is written; what was there is put aside."""
    machine, nginx = installed.machine, installed.nginx
    assert nginx is not None
    end_all(installed, postgres_url)
    key, attached = (
        machine.root / "etc/tracker/secret-key",
        machine.root / "var/lib/tracker/attachments/ab" / ("c" * 62),
    )
    attached.parent.mkdir(parents=True)
    attached.write_text("what the meter said")
    signed_with = key.read_text()
    back_up, put_aside, restore = blocks_of_guide()
    for commands in (back_up, put_aside):
        machine.follow(commands)
    key.write_text("that of another server, which signs nothing of before")
    assert not attached.exists()
    machine.follow(restore)
    assert (attached.read_text(), key.read_text()) == ("what the meter said", signed_with)
    machine.run("6. nginx")
    nginx.reload()
    with ExitStack() as held:
        held.callback(Service(machine.unit("tracker-web"), machine.root).end)
        assert installed.ask("/readyz").status == 200
        assert signed_in(installed) == 302


def as_environment(address: str) -> dict[str, str]:
    """How PostgreSQL's own commands learn where the server is, and that its administrator asks."""
    names = {"dbname": "PGDATABASE", "host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
    return {names[key]: str(value) for key, value in conninfo_to_dict(address).items() if key in names}


def end_all(installed: Installed, postgres_url: str) -> None:
    """Stop the services, and wait until PostgreSQL knows it."""
    for service in installed.services.values():
        service.end()
    with psycopg.connect(postgres_url) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, %s) FROM pg_stat_activity WHERE datname = 'tracker'", [LONGEST * 1000]
        )


def signed_in(installed: Installed, by: str = OURS, name: str = "dana.ruiz") -> int:
    """What becomes of signing in by password; of two machines one gives the page and the other takes the form."""
    page = installed.ask("/sign-in", by=by)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token
    fields = {"csrf_token": token[1], "user_name": name, "password": PASSWORD}
    return installed.ask("/sign-in", fields, by=by, Cookie=page.headers["Set-Cookie"].split(";")[0]).status
