"""What comes out is fit to be stored."""

import itertools
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from tracker.extraction.tidying import tidied


def tidy(*pieces: str, most: int = 1000) -> str:
    """The pieces in one."""
    return "".join(tidied(pieces, most))


def test_white_space_collapses_within_and_across_pieces() -> None:
    assert tidy("\n a\t\t b \r\n", "\u00a0 ", " c", "d") == "a b cd"


def test_nothing_unseen_comes_out() -> None:
    assert tidy("a\x00b\x1b\ud800c", "soft\xadhyphen", "\u202ed\ufeffe\x85f") == "abcsofthyphende f"


def test_nothing_is_asked_for_beyond_the_most() -> None:
    assert "".join(tidied(itertools.repeat("ab "), 7)) == "ab ab a"


@given(st.lists(st.text(st.characters())), st.integers(0, 50))
def test_always(pieces: list[str], most: int) -> None:
    text = tidy(*pieces, most=most)
    assert len(text) <= most
    assert text == tidy(text)
    assert "  " not in text
    assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in text)
