"""How gunicorn serves the product: processes for the cores, many threads that wait, a few requests that work."""

import os
import signal
import sys
from contextlib import suppress

from config import from_environment

product = from_environment()
metrics = product.data / "metrics"
metrics.mkdir(mode=0o700, exist_ok=True)
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(metrics)  # prometheus_client looks once: when it is imported

from gunicorn import systemd  # noqa: E402
from gunicorn.arbiter import Arbiter  # noqa: E402
from prometheus_client.multiprocess import mark_process_dead  # noqa: E402

from tracker.serving.address import refuse_taken  # noqa: E402
from tracker.serving.counts import make_room  # noqa: E402
from tracker.serving.places import threads_for  # noqa: E402
from tracker.serving.worker import TURNS, Worker  # noqa: E402

OLD_MASTER = "GUNICORN_PID"
"""Set by gunicorn for a master that follows another (SIGUSR2): an upgrade."""

NO_PROXY = (
    "TRACKER_BASE_URL is https://, so a proxy stands before Tracker, but TRACKER_TRUSTED_PROXIES names none: everybody "
    "seems to come from one address, and one stranger who guesses passwords locks all out. Name the proxy."
)

bind = product.bind
umask = 0o117  # a Unix socket is for us and our group: whoever reaches it may be taken for the proxy
preload_app = True  # before anybody is listened to: a version that does not start leaves everything as it was
workers = product.processes
worker_class = Worker
worker_connections = 500
threads = threads_for(product.threads)  # they read and write, and so many of their requests work at a time
keepalive = 75  # longer than a proxy keeps its own, so that the server never ends a connection between two requests
timeout = 60
Worker.lingers = 10 if product.behind_a_proxy else 0
graceful_timeout = int(Worker.lingers) + 30
max_requests = 100_000
max_requests_jitter = 20_000
control_socket_disable = True  # its socket in the home folder is shared by all installations of a user
header_map = "refuse"
forwarded_allow_ips = ""  # nobody's word is taken here: that is decided by tracker/serving/proxies.py
forwarder_headers = ""
secure_scheme_headers: dict[str, str] = {}


def on_starting(server: Arbiter) -> None:
    """Say at once that the address is taken, where gunicorn would try for five seconds; an heir may have it."""
    if OLD_MASTER not in os.environ:
        refuse_taken(product.bind)
    if product.misses_its_proxy:
        server.log.warning(NO_PROXY)


def when_ready(server: Arbiter) -> None:
    """The address is ours: forget what ended servers counted, and lead systemd to the master of an upgrade."""
    if OLD_MASTER not in os.environ:
        make_room(metrics)
    TURNS.expect(workers)
    systemd.sd_notify(f"MAINPID={os.getpid()}", server.log)


def pre_exec(server: Arbiter) -> None:
    """Another master follows this one."""
    TURNS.hand_over()


def post_worker_init(worker: Worker) -> None:
    """Threads take turns every half millisecond, not five: light pages wait less. With the last an older master may go.

    It may have gone by itself, which must end nobody here: this server is the only one then.
    """
    sys.setswitchinterval(0.0005)
    worker.seat.answers = True
    if OLD_MASTER in os.environ and TURNS.all_answer():
        with suppress(ProcessLookupError):
            os.kill(int(os.environ[OLD_MASTER]), signal.SIGTERM)


def child_exit(server: Arbiter, worker: Worker) -> None:
    """Leave connections to whoever follows, and the counts of the process that ended in the sums."""
    TURNS.leave_seat(worker.seat)
    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
