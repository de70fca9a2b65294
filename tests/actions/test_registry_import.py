"""Loading the registry: a bad line is named and spoils no other, and loading twice is loading once."""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from tests.cast import ESI_ID, Cast
from tracker.actions.registry_import import load_rows, switch_registry_off, switch_registry_on
from tracker.actions.registry_reading import LONGEST_LINE, Chunk, Refusal, chunks_of
from tracker.db import db
from tracker.domain.registry_files import ORDERS, PREMISES, FileKind
from tracker.errors import Invalid
from tracker.models import MarketOrder, Premise, RepOfRecord
from tracker.queries.registry import registry_is_on

HEADER = "esi_id,tdsp_duns,status,street,zip_code"
GOOD = f"{ESI_ID},957877905,Active,12 Oak St,77007"


def read(text: str | bytes, kind: FileKind = PREMISES, at_once: int = 100) -> Chunk:
    """The whole of a small file."""
    content = text.encode() if isinstance(text, str) else text
    whole = Chunk()
    for chunk in chunks_of(BytesIO(content), kind, at_once):
        whole.rows += chunk.rows
        whole.refusals += chunk.refusals
        whole.refused_lines += chunk.refused_lines
        whole.size += chunk.size
    return whole


def refused(line: str | bytes, header: str = HEADER, kind: FileKind = PREMISES) -> list[Refusal]:
    """Why a line between two good ones is refused; the good ones are not."""
    content = line if isinstance(line, bytes) else line.encode()
    good = GOOD.encode() if kind is PREMISES and header == HEADER else b""
    whole = read(b"\n".join((header.encode(), good, content, good, b"")), kind)
    assert len(whole.rows) == (2 if good else 0)
    assert whole.refused_lines == 1
    return whole.refusals


def load(text: str, kind: FileKind = PREMISES) -> None:
    """Read a file without faults and write its rows."""
    whole = read(text, kind)
    assert whole.refusals == []
    load_rows(kind, whole.rows)
    db.session.commit()


class TestReading:
    def test_columns_in_any_order_and_a_byte_order_mark(self) -> None:
        whole = read(b"\xef\xbb\xbfstatus, ESI_ID ,tdsp_duns\r\nActive," + ESI_ID.encode() + b",957877905\r\n")
        assert whole.rows == [{"status": "Active", "esi_id": ESI_ID, "tdsp_duns": "957877905"}]

    def test_every_byte_is_counted_for_the_bar(self) -> None:
        text = f"{HEADER}\n{GOOD}\n\n{'x' * 200_000}\n{GOOD}"
        assert read(text, at_once=1).size == len(text)

    def test_no_more_is_read_than_a_chunk_takes(self) -> None:
        stream = BytesIO(f"{HEADER}\n".encode() + f"{GOOD}\n".encode() * 1_000)
        first = next(chunks_of(stream, PREMISES, at_once=10))
        assert len(first.rows) == 10
        assert stream.tell() == first.size

    @pytest.mark.parametrize(
        ("header", "words"),
        [
            ("", "It lacks: esi_id, tdsp_duns, status"),
            ("esi_id,tdsp_duns", "It lacks: status"),
            (f"{HEADER},colour", "columns that there are not: 'colour'"),
            (f"{HEADER},status", "It names a column twice"),
            ('"esi_id,tdsp_duns,status', "A quote is opened"),
        ],
    )
    def test_a_header_of_another_kind_is_refused_by_name(self, header: str, words: str) -> None:
        with pytest.raises(Invalid, match=words):
            read(f"{header}\n{GOOD}\n")

    def test_a_file_in_utf_16_is_refused_at_its_first_line(self) -> None:
        with pytest.raises(Invalid, match="UTF-8"):
            read(f"{HEADER}\n{GOOD}\n".encode("utf-16"))

    @pytest.mark.parametrize(
        ("line", "column", "words"),
        [
            ("1234567,957877905,Active,,", "esi_id", "at least 8 characters; this has 7"),
            (f"{ESI_ID},95787790,Active,,", "tdsp_duns", "9 to 13 digits"),
            (f"{ESI_ID},957877905,,,", "status", "is needed"),
            (f"{ESI_ID},957877905,Active,,7700", "zip_code", "five digits"),
            (f"{ESI_ID},957877905,Active,12 Oak\x00 St,77007", "street", "nobody can see"),
            (f"{ESI_ID},957877905,Active,12 Oak\u202e St,77007", "street", "nobody can see"),
            (f"{ESI_ID},957877905,Active,{'x' * 121},77007", "street", "at most 120 characters; this has 121"),
            (f"{ESI_ID},957877905,Active", "", "3 values where the header has 5"),
            (f"{GOOD},,", "", "7 values where the header has 5"),
            (f'{ESI_ID},957877905,Active,"12 Oak St,77007', "", "opened and not closed"),
            (f'{ESI_ID},957877905,Active,"12 Oak" St,77007', "", "wrong place"),
            (f"{ESI_ID},957877905,Active,12 Oak\rSt,77007", "", "wrong place"),
            (f"{ESI_ID},957877905,Active,{'x' * 140_000},77007", "", f"longer than {LONGEST_LINE:,} bytes"),
        ],
    )
    def test_a_bad_line_is_named_and_spoils_no_other(self, line: str, column: str, words: str) -> None:
        (refusal,) = refused(line)
        assert (refusal.line, refusal.column) == (3, column)
        assert words in refusal.reason

    def test_latin_1_is_named_by_its_line(self) -> None:
        (refusal,) = refused(f"{ESI_ID},957877905,Active,Peña Blvd,77007".encode("latin-1"))
        assert (refusal.line, refusal.column) == (3, "")
        assert "is not UTF-8" in refusal.reason

    def test_a_line_may_be_wrong_in_several_columns(self) -> None:
        assert [refusal.column for refusal in refused("1,2,Active,,7")] == ["esi_id", "tdsp_duns", "zip_code"]

    def test_a_choice_says_what_it_takes(self) -> None:
        (refusal,) = refused(
            f"20260312MVI1,{ESI_ID},Move-Up,2026-03-12,N,Completed",
            "orig_tran_id,esi_id,kind,scheduled_for,priority,status",
            ORDERS,
        )
        assert refusal.reason == "“Move-Up” is not a value of Kind. It takes: Switch, Move-In, Move-Out."

    @pytest.mark.parametrize(
        ("history", "words"),
        [
            ("111111111", "Write DUNS:START:STOP"),
            ("111111111:2026-02-30:", "a day that does not exist"),
            ("111111111:2026-02-03:2026-02-01", "ends before it begins"),
            ("111111111:2026-01-01:;222222222:2026-02-01:", "begins before the one before it ends"),
            ("111111111:2026-01-01:2026-03-01;222222222:2026-02-01:", "begins before the one before it ends"),
            (";".join(["111111111:2026-01-01:2026-01-01"] * 201), "at most 200"),
        ],
    )
    def test_a_history_that_cannot_be(self, history: str, words: str) -> None:
        (refusal,) = refused(f"{ESI_ID},957877905,Active,{history}", "esi_id,tdsp_duns,status,rep_history", PREMISES)
        assert refusal.column == "rep_history"
        assert words in refusal.reason


class TestLoading:
    def test_again_is_once(self, app: Flask) -> None:
        for _ in range(2):
            load(f"{HEADER}\n{GOOD}\n10089010000000000000001,957877905,Inactive,,\n")
        premise = db.session.get_one(Premise, ESI_ID)
        assert (premise.street, premise.zip_code, premise.rep_duns) == ("12 Oak St", "77007", None)
        assert db.session.scalar(select(func.count()).select_from(Premise)) == 2

    def test_the_later_line_counts_and_columns_not_given_stay(self, app: Flask) -> None:
        load(f"{HEADER}\n{GOOD}\n")
        load(f"esi_id,tdsp_duns,status\n{ESI_ID},957877905,Inactive\n{ESI_ID},957877905,De-Energized\n")
        premise = db.session.get_one(Premise, ESI_ID)
        assert (premise.status, premise.street) == ("De-Energized", "12 Oak St")

    def test_a_history_is_replaced_as_a_whole(self, app: Flask) -> None:
        header = "esi_id,tdsp_duns,status,rep_history"
        other = "10089010000000000000001"
        load(
            f"{header}\n{ESI_ID},957877905,Active,222222222:2026-02-01:;111111111:2025-01-01:2026-02-01\n"
            f"{other},957877905,Active,111111111:2025-01-01:\n"
        )
        assert spans(ESI_ID) == [
            (date(2025, 1, 1), date(2026, 2, 1), "111111111"),
            (date(2026, 2, 1), None, "222222222"),
        ]
        load(f"{header}\n{ESI_ID},957877905,Active,333333333:2026-03-01:\n")
        assert spans(ESI_ID) == [(date(2026, 3, 1), None, "333333333")]
        load(f"{header}\n{ESI_ID},957877905,Active,\n")
        assert spans(ESI_ID) == []
        load(f"{HEADER}\n{other},957877905,Active,,\n")
        assert len(spans(other)) == 1

    def test_orders(self, app: Flask) -> None:
        header = ",".join(column.name for column in ORDERS.columns)
        line = f"20260312MVI0000048812,G-1,{ESI_ID},Move-In,,2026-03-12,111111111,222222222,%s,Completed"
        load(f"{header}\n{line % 'Y'}\n", ORDERS)
        load(f"{header}\n{line % 'N'}\n", ORDERS)
        order = db.session.scalars(select(MarketOrder)).one()
        assert (order.requested_for, order.scheduled_for, order.priority) == (None, date(2026, 3, 12), False)

    def test_nothing_is_nothing(self, app: Flask) -> None:
        load(f"{HEADER}\n")
        assert db.session.scalar(select(func.count()).select_from(Premise)) == 0

    def test_off_and_on(self, app: Flask) -> None:
        for _ in range(2):
            switch_registry_off()
            assert not registry_is_on()
        for _ in range(2):
            switch_registry_on()
            assert registry_is_on()


class TestCommand:
    @pytest.fixture
    def run(self, app: Flask) -> Callable[..., Result]:
        return lambda *args: app.test_cli_runner().invoke(args=["registry", *map(str, args)])

    def test_good_lines_load_and_bad_ones_are_told(
        self, run: Callable[..., Result], cast: Cast, tmp_path: Path
    ) -> None:
        file, errors = tmp_path / "premises.csv", tmp_path / "errors.csv"
        file.write_text(f"{HEADER}\n1,957877905,Active,,\n{GOOD}\n")
        result = run("import", "premises", file, "--errors", errors)
        assert result.exit_code == 1
        assert "Premises loaded: 1. Lines refused: 1." in result.stdout
        assert "Line 2, column esi_id: ESI ID takes at least 8" in result.stderr
        assert errors.read_text().splitlines()[1].startswith("2,esi_id,")
        assert db.session.get(Premise, ESI_ID) is not None

    def test_a_thousand_refusals_are_told_and_the_rest_counted(
        self, run: Callable[..., Result], tmp_path: Path
    ) -> None:
        file, errors = tmp_path / "premises.csv", tmp_path / "errors.csv"
        file.write_text(f"{HEADER}\n" + "1,957877905,Active,,\n" * 6_000)
        result = run("import", "premises", file, "--errors", errors)
        assert result.stderr.count("Line ") == 1_000
        assert "And 5,000 more" in result.stderr
        assert len(errors.read_text().splitlines()) == 6_001

    def test_a_wrong_header_loads_nothing(self, run: Callable[..., Result], tmp_path: Path) -> None:
        file = tmp_path / "orders.csv"
        file.write_text(f"{HEADER}\n{GOOD}\n")
        result = run("import", "orders", file)
        assert result.exit_code == 1
        assert "columns that there are not: 'tdsp_duns', 'street', 'zip_code'" in result.stderr

    def test_a_file_without_faults_ends_well(self, run: Callable[..., Result], tmp_path: Path) -> None:
        file = tmp_path / "premises.csv"
        file.write_text(f"{HEADER}\n{GOOD}\n")
        assert run("import", "premises", file).exit_code == 0
        assert "on: 1 premises, 0 orders" in run("status").stdout

    def test_switches(self, run: Callable[..., Result]) -> None:
        assert "Nothing was loaded yet" in run("status").stdout
        assert run("off").exit_code == 0
        assert "The registry is off" in run("status").stdout
        assert run("on").exit_code == 0
        assert "The registry is on" in run("status").stdout


def spans(esi_id: str) -> list[tuple[date, date | None, str]]:
    """The history of a premise, oldest first."""
    rows = db.session.scalars(select(RepOfRecord).where(RepOfRecord.esi_id == esi_id).order_by(RepOfRecord.start))
    return [(row.start, row.stop, row.rep_duns) for row in rows]
