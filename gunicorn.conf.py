"""How gunicorn serves the product: processes for the cores, a few threads each, nothing shared by accident."""

import os
import shutil
import sys
from pathlib import Path

bind = os.environ.get("TRACKER_BIND", f"127.0.0.1:{os.environ.get('PORT', '8000')}")
workers = int(os.environ.get("TRACKER_WORKERS", "2"))
worker_class = "gthread"
threads = int(os.environ.get("TRACKER_THREADS", "4"))
timeout = 60
graceful_timeout = 30
max_requests = 100_000  # seldom: with a port for each process, what waits at one that leaves is refused
max_requests_jitter = 20_000
reuse_port = True  # without it, keep-alive connections can all end on one process
control_socket_disable = True  # its socket in the home folder is shared by all installations of a user
header_map = "refuse"

metrics = Path(os.environ.get("TRACKER_DATA", "data")).absolute() / "metrics"
shutil.rmtree(metrics, ignore_errors=True)  # what earlier processes counted went with them
metrics.mkdir(mode=0o700, parents=True)
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(metrics)


def post_worker_init(worker: object) -> None:
    """Let threads take turns every half millisecond, not five: beside a heavy search the light pages wait less."""
    sys.setswitchinterval(0.0005)


def child_exit(server: object, worker: object) -> None:
    """Let the counts of a process that ended stay in the sums."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.pid)  # type: ignore[attr-defined]  # gunicorn's worker
