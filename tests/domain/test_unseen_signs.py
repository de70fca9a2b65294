"""No field of the catalogue takes signs that turn what stands beside them, do not show, or control a terminal."""

from collections.abc import Iterator

import pytest

from tracker.domain import catalogue
from tracker.domain.fields import EsiId, Field, Record, Rejected, Text, TransactionId
from tracker.domain.identifiers import normalised
from tracker.domain.sentence import Sentence

SIGNS = "\u202e\u2066\u200b\u2028\x1b\ufeff"
WRITTEN = "104437200012345"


def texts(fields: "Iterator[Field]") -> Iterator[Text]:
    """The texts among the fields, and among their parts."""
    for field in fields:
        if isinstance(field, Record):
            yield from texts(iter(field.fields))
        elif isinstance(field, Text):
            yield field


def all_fields() -> Iterator[Field]:
    """Whatever a subtype asks for, when it is filed or later."""
    for subtype in catalogue.SUBTYPES:
        yield from subtype.all_fields.values()


TEXTS = {field.name: field for field in texts(all_fields())}
LINES = [field for field in TEXTS.values() if not field.multiline]
SEVERAL_LINES = [field for field in TEXTS.values() if field.multiline]


def test_the_catalogue_has_both() -> None:
    assert len(LINES) > 30
    assert SEVERAL_LINES


@pytest.mark.parametrize("sign", SIGNS, ids=ascii)
@pytest.mark.parametrize("field", LINES, ids=lambda field: field.name)
def test_a_line_is_what_is_seen_of_it(field: Text, sign: str) -> None:
    """As long as it may be, with the sign wherever it may stand."""
    written = WRITTEN[: field.max_length]
    within = "" if sign.isspace() else sign
    raw = f"{sign}{written[0]}{within}{written[1:]}{sign}"
    assert field.clean(raw) == ([written] if field.repeat > 1 else written)


@pytest.mark.parametrize("sign", SIGNS, ids=ascii)
@pytest.mark.parametrize("field", SEVERAL_LINES, ids=lambda field: field.name)
def test_several_lines_keep_their_breaks(field: Text, sign: str) -> None:
    assert field.clean(f"{sign}one\n\n  t{sign.strip()}wo{sign}") == "one\n\n  two"


def test_what_shapes_letters_stays_in_several_lines() -> None:
    field = next(field for field in SEVERAL_LINES if field.max_length > 100)
    for said in ("\N{MAN}\u200d\N{WOMAN}", "می\u200cخواهم", "\u2764\ufe0f", "שלום"):
        assert field.clean(said) == said


ESI_ID = EsiId(name="esi_id", label="ESI ID", help="")
PLAIN = EsiId(name="esi_id", label="ESI ID", help="", pattern="[0-9]+", pattern_hint="digits")
TRAN = TransactionId(name="tran", label="Tran ID", help="", required=False)


def test_a_tran_id_stays_as_it_was_sent_and_another_text_is_composed() -> None:
    sent = "Ab  c\u0308_1"
    assert TRAN.clean(f"\u200b{sent} ") == sent
    assert ESI_ID.clean("1044  372\u0308") == "1044 372\u0308"
    assert ESI_ID.clean("e\u0301" * 8) == "é" * 8


def test_a_mark_that_hangs_on_nothing_is_no_value() -> None:
    field = Text(name="t", label="Text", help="", max_length=80, required=False)
    assert field.clean("\u0301") is None


def test_a_sign_that_passes_for_another_is_called_by_its_name() -> None:
    with pytest.raises(Rejected, match="digits only, and this has “٣” \\(arabic-indic digit three\\)") as refusal:
        PLAIN.clean("1044372٣")
    said = refusal.value.args[0]
    assert isinstance(said, Sentence)
    assert said.code == "strange-sign"
    with pytest.raises(Rejected, match="takes digits only\\."):
        PLAIN.clean("1044372x")


@pytest.mark.parametrize("sign", [*SIGNS, "\u3164", "\u2800"], ids=ascii)
def test_what_is_looked_for_is_compared_without_them(sign: str) -> None:
    assert normalised(f"{sign}1044{sign}-37{sign}") == "104437"
