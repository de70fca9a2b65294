"""Names: nothing unseen stays in them, nothing turns or breaks a line, and what reads alike is one."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.fields import Rejected, Text
from tracker.domain.name_fields import Name
from tracker.domain.names import (
    OF_THE_OPERATOR,
    clean,
    key_of,
    legal_key_of,
    marked,
    one_line,
    says_nothing,
    shows_nothing,
)

IGNORABLE = (
    "00AD 034F 061C 17B4 17B5 180B 180C 180D 180E 180F 200B 200C 200D 200E 200F 202A 202B 202C 202D 202E 2060 2061 "
    "2062 2063 2064 2065 2066 2067 2068 2069 206A 206B 206C 206D 206E 206F FE00 FE0F FEFF FFF0 FFF8 "
    "1BCA0 1BCA3 1D173 1D17A E0000 E0001 E0020 E007F E0100 E01EF E0FFF"
)
"""Unicode's Default_Ignorable_Code_Point, ranges by their ends; its fillers, which take room, are among the blanks."""

ODD_BLANKS = (
    "\u00a0\u1680\u2000\u2007\u200a\u202f\u205f\u3000\u2800\u3164\u115f\u1160\uffa0\u2028\u2029\n\r\t\x0b\x0c\x1c\x85"
)
BRACKETS = (
    "[]{}\uff3b\uff3d\u27e6\u27e7\u301a\u301b\u3010\u3011\u2045\u2046\u2308\u230b\ufe47\ufe48\u2997\u2998\u300c\u300d"
)

NAME = Name(name="name", label="Name", help="", max_length=80)


@pytest.mark.parametrize("code", IGNORABLE.split())
def test_what_does_not_show_goes(code: str) -> None:
    assert clean(f"Zo{chr(int(code, 16))}e") == "Zoe"


@pytest.mark.parametrize("blank", ODD_BLANKS, ids=ascii)
def test_every_blank_is_a_plain_one(blank: str) -> None:
    assert clean(f"{blank}Night{blank} {blank}shift{blank}") == "Night shift"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Priya Raman\u200b", "Priya Raman"),
        ("RTL \u202egnidart", "RTL gnidart"),
        ("Zoe\u0308 team", "Zoë team"),
        ("Two\r\nlines", "Two lines"),
        ("\x1b[31mred", "(31mred"),
        ("\u0301\u0301 Ann", "Ann"),
        ("Priya Raman · ERCOT", "Priya Raman · ERCOT"),
        ("محمد علي", "محمد علي"),
        ("„Nacht“ 🔥", "„Nacht“ 🔥"),
        ("\u200b\u2800\u3164", ""),
        ("\u0308", ""),
    ],
)
def test_what_is_shown_of_a_name(raw: str, shown: str) -> None:
    assert clean(raw) == shown


@pytest.mark.parametrize("bracket", BRACKETS, ids=ascii)
def test_brackets_are_round(bracket: str) -> None:
    assert clean(f"a{bracket}b") in ("a(b", "a)b")


@given(st.text())
def test_a_clean_name_is_plain_and_stays_so(raw: str) -> None:
    name = clean(raw)
    assert clean(name) == name == one_line(name) == unicodedata.normalize("NFC", name)
    assert name.isprintable()
    assert name == name.strip()
    assert "  " not in name
    assert not {unicodedata.bidirectional(char) for char in name} & {
        "LRE",
        "RLE",
        "LRO",
        "RLO",
        "PDF",
        "LRI",
        "RLI",
        "FSI",
    }
    assert not set(name) & set("[]{}")


@given(st.text())
def test_no_name_can_say_that_somebody_is_of_the_operator(raw: str) -> None:
    assert OF_THE_OPERATOR not in clean(raw)
    assert marked(clean(raw), of_operator=False) == clean(raw)
    assert marked(clean(raw), of_operator=True).endswith(OF_THE_OPERATOR)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zoë team", "Zoe\u0308 TEAM"),
        ("Night shift", "night\u00a0 shift\u200b"),
        ("Night shift", "Night\u2800\u3164shift"),
        ("Straße", "STRASSE"),
        ("\ufb01le desk", "FILE desk"),
        ("Ｄｅｓｋ １", "desk 1"),
        ("\u212a desk", "k desk"),
    ],
)
def test_names_that_read_alike_are_one(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)


@pytest.mark.parametrize(("one", "other"), [("Nightshift", "Night shift"), ("Desk 1", "Desk 2"), ("Zoë", "Zoe")])
def test_names_that_read_otherwise_are_two(one: str, other: str) -> None:
    assert key_of(one) != key_of(other)


@given(st.text())
def test_a_key_is_its_own_key_and_holds_no_line_break(raw: str) -> None:
    assert key_of(raw) == key_of(clean(raw)) == key_of(key_of(raw))
    assert "\n" not in key_of(raw)


@given(st.from_regex(r"[a-z0-9]([a-z0-9._@-]*[a-z0-9])?", fullmatch=True))
def test_a_user_name_is_its_own_key(user_name: str) -> None:
    """So the database needs no other rule than that it stands once."""
    assert key_of(user_name) == key_of(user_name.upper()) == user_name


@pytest.mark.parametrize(
    "raw", ["", "  ", "\u200b", "\u2800 \u3164", "\ufeff\u00ad\u034f", "#", "---", "> *", "\u200b***\u200b"]
)
def test_a_required_text_that_says_nothing_is_refused(raw: str) -> None:
    for field in (
        NAME,
        Text(name="t", label="Text", help="", max_length=80),
    ):
        with pytest.raises(Rejected) as refusal:
            field.clean(raw)
        said = refusal.value.args[0]
        assert (said.code, said.values) == ("shows-nothing" if raw.strip() else "needed", {"label": field.label})
    assert says_nothing(raw)


def test_an_optional_text_keeps_a_mark_and_not_what_does_not_show() -> None:
    field = Text(name="t", label="Text", help="", max_length=80, required=False)
    assert field.clean("\u200b \u2800") is None
    assert field.clean("-") == "-"
    with pytest.raises(Rejected):
        field.clean("\x00")
    assert not shows_nothing("\ud800")


def test_a_name_is_measured_as_it_is_seen_and_stored() -> None:
    assert NAME.clean(" Night\u00a0shift ") == "Night shift"
    with pytest.raises(Rejected, match="this has 81"):
        NAME.clean("x" * 81)
    with pytest.raises(Rejected, match="this has 160"):
        NAME.clean("\u0958" * 80)  # composed, each of these is two
    assert NAME.clean("\u200b" * 100_000 + "x") == "x"


def test_one_legal_company_has_one_key_however_it_is_written() -> None:
    written = ("Acme, LLC", "Acme LLC", "ACME L.L.C.", "Acme\u00a0LLC", "\uff21cme-LLC")
    assert {legal_key_of(name) for name in written} == {"acmellc"}
    assert legal_key_of("Acme LP") != legal_key_of("Acme LLC")
    assert legal_key_of("&&&") == "&&&"
