"""How text becomes words: folded, stemmed, cut, and the same whoever asks."""

import sys
import threading

import pytest

from tracker.search.words import (
    LAST_POSITION,
    MOST_BYTES,
    MOST_POSITIONS,
    in_one_piece,
    places_of,
    reach_of,
    stem_of,
    wanted_prefix,
    wanted_words,
    words_of,
)


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("Meters", {"meters", "~meter"}),
        ("meter", {"meter"}),
        ("814_16", {"814_16"}),
        ("EVT-2026-000123", {"evt2026000123", "evt", "2026", "000123"}),
        ("re-open", {"re", "open"}),
        ("Peña", {"pena"}),
        ("customer\u2019s", {"customer", "custom", "~custom", "s"} - {"custom"}),
        ("", set()),
        ("\u202e\u200b – ,", set()),
    ],
)
def test_forms_that_are_kept(text: str, forms: set[str]) -> None:
    assert set(words_of([text])) == forms


def test_texts_do_not_touch_each_other() -> None:
    words = words_of(["one meter", "swap two"])
    assert words["swap"][0] - words["meter"][0] > 1


def test_long_texts_are_cut_and_positions_bounded() -> None:
    words = words_of(["same " * 1_000, "w" * 10 * MOST_BYTES])
    assert len(words["same"]) == MOST_POSITIONS
    many = words_of([" ".join(f"a{number}" for number in range(LAST_POSITION + 50))])
    assert many[f"a{LAST_POSITION + 20}"] == []
    assert sum(len(form) for form in words_of(["é" * 3 * MOST_BYTES])) <= MOST_BYTES


def test_what_is_marked_is_what_was_meant() -> None:
    text = "The Meters of EVT-2026-1 were swapped"
    marked = [text[a:b] for a, b in places_of(text, [*wanted_words("meter"), *wanted_words("evt20261")])]
    assert marked == ["Meters", "EVT-2026-1"]
    assert [text[a:b] for a, b in places_of(text, wanted_prefix("swa"))] == ["swapped"]
    assert in_one_piece("a-1.b/2") == "a1b2"


def test_threads_stem_as_one_does() -> None:
    """A stemmer that threads share answers wrongly, or fails; found under the bench's eight clients."""
    words = [f"{stem}{end}" for stem in ("connect", "dispos", "gener", "relat") for end in ("ing", "ed", "ation", "s")]
    words = [word + "x" * number for word in words for number in range(6)]  # none of them known before
    alone = {word: words_of([word]) for word in words[:40]}
    wrong: list[object] = []

    def stem(part: list[str]) -> None:
        try:
            for word in part:
                stem_of.__wrapped__(word)
        except IndexError as error:
            wrong.append(error)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=stem, args=(words,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert not wrong
    assert all(words_of([word]) == forms for word, forms in alone.items())


@pytest.mark.parametrize(
    ("texts", "room", "reach"),
    [
        (["one two", "three"], 1000, [7, 5]),
        (["", "three"], 1000, [0, 5]),
        (["aaaa bbbb cccc dddd", "aaaa", "eeee"], 35, [15, 0, 0]),
        (["aaaa bbbb aaaa bbbb cccc"], 30, [20]),
        (["Peña Blvd"], 1000, [9]),
        (["x" * (MOST_BYTES - 2), "one two"], 200_000, [MOST_BYTES - 2, 2]),
    ],
)
def test_how_far_texts_are_read(texts: list[str], room: int, reach: list[int]) -> None:
    assert list(reach_of(texts, room)) == reach


def test_every_word_within_reach_is_kept_and_the_next_is_not() -> None:
    text = " ".join(f"word{number} common" for number in range(30_000))
    words, (reach,) = words_of([text]), reach_of([text])
    assert 0 < reach < len(text)
    assert set(text[:reach].split()) <= set(words)
    assert text[reach:].split()[0] not in words
