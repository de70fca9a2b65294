"""Fields: what each takes, what it refuses, and that every refusal is a sentence that can be shown."""

import json
from contextlib import suppress
from dataclasses import replace

import pytest

from tracker.domain.catalogue_check import VOCABULARY
from tracker.domain.fields import Choice, Field, Record, Rejected, Value, Whole, clean_all
from tracker.domain.roles import Role
from tracker.domain.subtypes._fields import (
    ASSIGNEE,
    BDAYS_TILL_SMRD,
    CHANNEL,
    COMMENTS_TEXT,
    ESI_ID,
    GAINING_CRROR,
    GS_NUM,
    IDR_NON_IDR,
    MARKET_RULE_REF,
    ORIG_TRXN_ID,
    ROR_DUNS,
    SERV_ADDRESS,
    SERVICE_HISTORY,
    SERVICE_START,
    START_TIME,
    TDSP_INVOLVED,
    TOTAL,
    TRXN_DATE,
    UNEXECUTABLE_REASON,
)
from tracker.domain.workflow import parties_named

ADDRESS = {"Street": "1200 Main St", "City": "Houston", "State": "TX", "ZipCode": "77002"}
ROW = {"RORDuns": "123456789", "RORStartTime": "2026-01-01", "RORStopTime": "2026-02-01"}


@pytest.mark.parametrize(
    ("field", "raw", "stored"),
    [
        (ESI_ID, "12345678", "12345678"),
        (ESI_ID, "1" * 36, "1" * 36),
        (ESI_ID, "  10443720001234567 ", "10443720001234567"),
        (GS_NUM, "000000017", "000000017"),
        (ORIG_TRXN_ID, "x" * 30, "x" * 30),
        (COMMENTS_TEXT, "y" * 10_000, "y" * 10_000),
        (COMMENTS_TEXT, "two\r\nlines", "two\nlines"),
        (MARKET_RULE_REF, "PUCT 25.474 a_b-c", "PUCT 25.474 a_b-c"),
        (ROR_DUNS, "ABC!12-789", "ABC!12-789"),
        (ASSIGNEE, "957877905", "957877905"),
        (ASSIGNEE, "1039940674000", "1039940674000"),
        (IDR_NON_IDR, "Non-IDR", "Non-IDR"),
        (TRXN_DATE, "2028-02-29", "2028-02-29"),
        (START_TIME, "2026-03-01", "2026-03-01T00:00:00"),
        (START_TIME, "2026-03-01 14:30", "2026-03-01T14:30:00"),
        (START_TIME, "2026-03-01T14:30:05", "2026-03-01T14:30:05"),
        (TOTAL, "1,204.50", "1204.50"),
        (TOTAL, "-0.5", "-0.5"),
        (TOTAL, 12, "12"),
        (TOTAL, ".5", "0.5"),
        (CHANNEL, "99999", 99_999),
        (CHANNEL, 0, 0),
        (BDAYS_TILL_SMRD, "-3", -3),
        (GAINING_CRROR, "No", False),
        (GAINING_CRROR, True, True),
        (SERV_ADDRESS, ADDRESS, ADDRESS),
    ],
)
def test_a_value_is_taken(field: Field, raw: object, stored: Value) -> None:
    assert field.clean(raw) == stored


@pytest.mark.parametrize(
    ("field", "raw"),
    [
        (ESI_ID, "1234567"),
        (ESI_ID, "1" * 37),
        (ESI_ID, 10443720001234567),
        (GS_NUM, "0123456789"),
        (ORIG_TRXN_ID, "x" * 31),
        (COMMENTS_TEXT, "y" * 10_001),
        (MARKET_RULE_REF, "rule §5"),
        (MARKET_RULE_REF, "a" * 31),
        (ROR_DUNS, "12345678"),
        (ROR_DUNS, "12345678?1"),
        (ASSIGNEE, "12345678"),
        (ASSIGNEE, "1" * 14),
        (ASSIGNEE, "12345678X"),
        (ASSIGNEE, "١٢٣٤٥٦٧٨٩"),
        (IDR_NON_IDR, "idr"),
        (TRXN_DATE, "2026-02-31"),
        (TRXN_DATE, "2026-02-29"),
        (TRXN_DATE, "31/12/2026"),
        (TRXN_DATE, "yesterday"),
        (START_TIME, "2026-02-31T00:00:00"),
        (START_TIME, "2026-03-01T25:00"),
        (START_TIME, "2026-03-01T10:00:00Z"),
        (START_TIME, "2026-03-01T10:00:00-06:00"),
        (TOTAL, "many"),
        (TOTAL, "NaN"),
        (TOTAL, "Infinity"),
        (TOTAL, "1e999999999"),
        (TOTAL, "1_000"),
        (TOTAL, "."),
        (TOTAL, "1" * 25),
        (CHANNEL, "100000"),
        (CHANNEL, "-1"),
        (CHANNEL, "1.5"),
        (CHANNEL, "1" * 5000),
        (GAINING_CRROR, "perhaps"),
        (SERV_ADDRESS, "1200 Main St"),
        (SERV_ADDRESS, {**ADDRESS, "Country": "US"}),
        (SERV_ADDRESS, {**ADDRESS, "State": "Texas"}),
        (SERV_ADDRESS, {**ADDRESS, "ZipCode": "770021"}),
        (SERV_ADDRESS, {"Street": "1200 Main St"}),
    ],
)
def test_a_value_is_refused_with_a_sentence(field: Field, raw: object) -> None:
    with pytest.raises(Rejected) as refused:
        field.clean(raw)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("field", VOCABULARY.values(), ids=lambda field: field.name)
@pytest.mark.parametrize("raw", ["12345678\x009", "12345678\ud8009", "\udc00" * 9], ids=["nul", "half", "halves"])
def test_what_no_database_can_hold_is_refused_and_the_reason_can_be_sent(field: Field, raw: str) -> None:
    typed = {part.name: raw for part in field.fields} if isinstance(field, Record) else raw
    with pytest.raises(Rejected) as refused:
        field.clean(typed)
    assert str(refused.value).encode("utf-8")


@pytest.mark.parametrize("field", VOCABULARY.values(), ids=lambda field: field.name)
@pytest.mark.parametrize("raw", [None, "", "   ", "\n"])
def test_an_empty_field_is_asked_for_or_left_empty(field: Field, raw: object) -> None:
    with pytest.raises(Rejected, match="is needed"):
        field.clean(raw)
    assert field.optional().clean(raw) is None


@pytest.mark.parametrize("field", VOCABULARY.values(), ids=lambda field: field.name)
@pytest.mark.parametrize("raw", [["a"], {"a": 1}, object(), 3.5, b"12345678"], ids=lambda raw: type(raw).__name__)
def test_a_thing_of_another_kind_never_breaks_a_field(field: Field, raw: object) -> None:
    with suppress(Rejected):
        assert json.dumps(field.clean(raw))


@pytest.mark.parametrize(("length", "fits"), [(255, True), (256, False)])
def test_a_length_is_counted_in_characters(length: int, fits: bool) -> None:
    field = VOCABULARY["ExceptionType"]
    assert _is_taken(field, "é" * length) is fits


def test_a_field_that_repeats_takes_a_list_up_to_its_limit() -> None:
    rows = replace(SERVICE_HISTORY.optional(), repeat=3)
    stored = {"RORDuns": "123456789", "RORStartTime": "2026-01-01T00:00:00", "RORStopTime": "2026-02-01T00:00:00"}
    assert rows.clean([ROW, {}, ROW]) == [stored, stored]
    assert rows.clean([]) is None
    assert rows.clean(ROW) == rows.clean([ROW])
    with pytest.raises(Rejected, match="at most 3"):
        rows.clean([ROW] * 4)


def test_a_choice_can_be_narrowed_to_values_that_it_has() -> None:
    narrow = UNEXECUTABLE_REASON.only("Other", "Duplicate Issue")
    assert narrow.values == ("Other", "Duplicate Issue")
    assert not _is_taken(narrow, "Cycle Date Not Scheduled")
    with pytest.raises(ValueError, match="no value"):
        UNEXECUTABLE_REASON.only("Because")


def test_a_field_said_otherwise_keeps_its_name_and_limits() -> None:
    assert SERVICE_START.label == "Service period start"
    assert SERVICE_START.name == START_TIME.name
    assert ESI_ID.said(help="Other words.").label == ESI_ID.label


def test_nothing_typed_is_dropped_in_silence() -> None:
    values, reasons = clean_all((ESI_ID, TRXN_DATE.optional()), {"EsiID": "1234567", "Colour": "red"})
    assert values == {"TrxnDate": None}
    assert set(reasons) == {"EsiID", "Colour"}


def test_a_company_brings_its_role() -> None:
    values: dict[str, Value] = {"Assignee": "957877905", "TDSPInvolved": None}
    assert parties_named((ASSIGNEE, TDSP_INVOLVED), values) == {Role.ASSIGNEE: "957877905"}


def test_a_stored_value_is_shown_as_people_read_it() -> None:
    assert START_TIME.show("2026-03-01T00:00:00") == "2026-03-01"
    assert START_TIME.show("2026-03-01T14:30:00") == "2026-03-01 14:30:00"
    assert GAINING_CRROR.show(False) == "No"
    assert TOTAL.show(None) == ""
    assert SERV_ADDRESS.show(dict(ADDRESS)) == "1200 Main St, Houston, TX, 77002"


def test_the_kinds_of_the_vocabulary_are_complete() -> None:
    assert len(VOCABULARY) == 107
    assert all(choice.values for choice in VOCABULARY.values() if isinstance(choice, Choice))
    assert all(whole.minimum <= whole.maximum for whole in VOCABULARY.values() if isinstance(whole, Whole))


def _is_taken(field: Field, raw: str) -> bool:
    try:
        field.clean(raw)
    except Rejected:
        return False
    return True
