"""What a process says, heard as it is said."""

import queue
import threading
from typing import IO

LONGEST = 120
"""Seconds after which something is broken; nothing here takes so long."""


class Lines:
    """The lines that come out of a stream, until the process ends."""

    def __init__(self, stream: IO[str] | None) -> None:
        assert stream is not None
        self._stream, self.said = stream, list[str]()
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        for line in self._stream:
            self._lines.put(line.strip())
        self._lines.put(None)

    def wait_for(self, words: str) -> str:
        """The next line that holds these words; without it the process has ended."""
        while (line := self._lines.get(timeout=LONGEST)) is not None:
            self.said.append(line)
            if words in line:
                return line
        raise AssertionError(f"ended without {words!r}:\n" + "\n".join(self.said))

    def close(self) -> None:
        """Hear the last of a process that has ended."""
        self._listener.join(timeout=LONGEST)
        self._stream.close()
