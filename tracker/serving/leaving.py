"""Whether this server ends: said by the process that is told, and to balancers by its probes."""

import threading

LEAVING = threading.Event()
"""Set by each process before it finishes what is under way."""
