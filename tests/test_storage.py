"""Storing bytes: what is taken, what is not, and what is found again."""

import io
import os
import resource
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.file_kinds import KINDS, LONGEST_NAME, OLE, clean_name, extension_of, kind_at
from tracker.domain.sentence import Sentence
from tracker.errors import Invalid, NoRoom, NotFound, TooLarge, Unavailable
from tracker.storage import LARGEST_FILE, Intake, path_of, store, text_encoding, verified

PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def put(folder: Path, content: bytes, name: str) -> str:
    """Store some content, and give its SHA-256."""
    return store(folder, io.BytesIO(content), name).sha256


def zipped(*names: str) -> bytes:
    """A zip with these members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "content")
    return file.getvalue()


def ole(stream: str) -> bytes:
    """As much of an OLE file as names one of its streams."""
    return OLE + bytes(504) + stream.encode("utf-16-le") + bytes(20)


def left_behind(folder: Path) -> list[Path]:
    """Whatever lies there as a file."""
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", PDF),
        ("a.pdf", b"\r\n" + PDF),
        ("a.pdf", b"\xef\xbb\xbf" + PDF),
        ("a.pdf", b" " * 1019 + PDF),
        ("a.PNG", PNG),
        ("a.jpg", b"\xff\xd8\xff\xe0" + bytes(20)),
        ("a.jpeg", b"\xff\xd8\xff\xe1" + bytes(20)),
        ("a.gif", b"GIF89a" + bytes(20)),
        ("a.txt", "Peña Blvd".encode()),
        ("a.txt", "Peña Blvd".encode("cp1252")),
        ("a.txt", "Peña Blvd".encode("utf-16")),
        ("a.txt", b"The report begins with %PDF- and goes on."),
        ("a.csv", b"\xef\xbb\xbfhour,kWh\r\n1,2\r\n"),
        ("a.csv", b"hour,kWh\r\n1,2\r\n\x1a"),
        ("a.eml", b"From: ann@acme.example\nContent-Type: text/html\n\n<html><body>Hello</body></html>"),
        ("a.msg", ole("__properties_version1.0")),
        ("a.doc", ole("WordDocument")),
        ("a.xls", ole("Workbook")),
        ("a.docx", zipped("[Content_Types].xml", "word/document.xml")),
        ("a.docx", ole("EncryptedPackage")),
        ("a.xlsx", zipped("[Content_Types].xml", "xl/workbook.xml")),
        ("a.zip", zipped("a.txt")),
        ("a.zip", zipped("word/document.xml")),
        ("a.zip", zipped()),
        ("867FWD.446407.1.edi", b"ISA*00*          *00*~\nREF*Q5**10443720001234567~\n"),
        ("a.x12", b"ISA\x1d00\x1d          \x1c"),
        ("a.LSE", b"10443720001234567|LSE|20260312"),
        ("a.log", b"12:00 sent\r\n12:01 sent again\r\n"),
        ("a.tsv", b"hour\tkWh\n1\t2\n"),
        ("867FWD.446407.1", b"ST*867*0001~"),
        ("20260312.814_03", b"ST*814*0001~"),
        ("statement", b"I live here."),
        ("Letter to Mr. Smith", b"I live here."),
    ],
)
def test_what_is_taken(tmp_path: Path, name: str, content: bytes) -> None:
    kept = store(tmp_path, io.BytesIO(content), name)
    assert (kept.size, kept.file_name) == (len(content), name)
    kind = kind_at(extension_of(name))
    assert kind
    assert kept.media_type == kind.media_type
    assert verified(tmp_path, kept.sha256).read_bytes() == content
    assert len(left_behind(tmp_path)) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", b"<html><script>alert(1)</script></html>"),
        ("a.txt", b"\n\n \xef\xbb\xbf<!DOCTYPE html>"),
        ("a.txt", "<script>alert(1)</script>".encode("utf-16")),
        ("a.csv", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("a.csv", b"hour,kWh\n" * 9_000 + b"<html>"),
        ("a.csv", b"x" * (64 * 1024 - 3) + b"<script >"),
        ("a.log", b"GET /<iframe src=x>"),
        ("statement", b"<body onload=alert(1)>"),
    ],
)
def test_text_that_a_browser_could_run_is_only_saved(tmp_path: Path, name: str, content: bytes) -> None:
    kept = store(tmp_path, io.BytesIO(content), name)
    assert (kept.media_type, kept.file_name) == ("application/octet-stream", name)


@pytest.mark.parametrize(
    ("name", "content", "kept_as"),
    [
        ("photo.jpg", PNG, "photo.png"),
        ("photo.PNG", b"\xff\xd8\xff\xe0" + bytes(20), "photo.jpg"),
        ("a.png", PDF, "a.pdf"),
        ("a.pdf", PNG, "a.png"),
        ("a.txt", PNG, "a.png"),
        ("a.txt", PDF, "a.pdf"),
        ("a", PDF, "a.pdf"),
        ("pdf", PDF, "pdf.pdf"),
        ("867FWD.446407.1", PDF, "867FWD.446407.1.pdf"),
        ("a.docx", zipped("[Content_Types].xml", "xl/workbook.xml"), "a.xlsx"),
        ("a.xlsx", zipped("a.txt"), "a.zip"),
        ("a.xls", zipped("[Content_Types].xml", "xl/workbook.xml"), "a.xlsx"),
        ("a.doc", ole("Workbook"), "a.xls"),
        ("a.msg", ole("WordDocument"), "a.doc"),
        ("a.xls", b"hour\tkWh\n1\t2\n", "a.txt"),
        ("a.pdf", b"Not found\n", "a.txt"),
        ("a.eml", b"no mail", "a.txt"),
        ("x" * 251 + ".txt", PNG, "x" * 251 + ".png"),
        ("x" * 255, PDF, "x" * 251 + ".pdf"),
    ],
)
def test_a_file_is_kept_under_what_it_is(tmp_path: Path, name: str, content: bytes, kept_as: str) -> None:
    kept = store(tmp_path, io.BytesIO(content), name)
    assert kept.file_name == kept_as
    assert kept.media_type == KINDS[extension_of(kept_as)].media_type


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", b"<html></html>"),
        ("a.html", b"plain"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("a.xml", b"<?xml version='1.0'?><a/>"),
        ("a.exe", b"MZ" + bytes(20)),
        ("a.js", b"alert(1)"),
        ("a.settingcontent-ms", b"plain"),
        ("a.pdf.exe", PDF),
        ("a.pdf", b""),
        ("a.pdf", b"%PDF-1.4\n<script>alert(1)</script>"),
        ("a.txt", b"%PDF-1.4\n<script>alert(1)</script>"),
        ("a.pdf", b"<html>%PDF-1.4"),
        ("a.gif", b"GIF89a/*<svg onload=alert(1)>*/=1;"),
        ("a.txt", b"GIF89a/*<svg onload=alert(1)>*/=1;"),
        ("a.png", b"\x89PNG\r\n\x1a\n<html>"),
        ("a.pdf", b"\x00" * 1024 + PDF),
        ("a.txt", b"one\x00two"),
        ("a.txt", b"one\x1b[31mtwo"),
        ("a.txt", "hello".encode("utf-16-le")),
        ("a.txt", b"\x81\x8d"),
        ("statement", b"one\x00two"),
        ("a.edi", b"MZ" + bytes(20)),
        ("a.zip", b"PK\x00nothing"),
        ("a.png", b"\x00\x01"),
    ],
)
def test_what_is_not_taken_leaves_nothing_behind(tmp_path: Path, name: str, content: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        put(tmp_path, content, name)
    (reason,) = refusal.value.errors.values()
    assert isinstance(reason, Sentence)
    assert reason.values["name"] == name
    assert list(refusal.value.errors) == ["files"]
    assert left_behind(tmp_path) == []


def test_what_was_taken_and_not_kept_leaves_nothing_behind(tmp_path: Path) -> None:
    with Intake(tmp_path) as intake:
        intake.take(io.BytesIO(PDF), "a.pdf")
        assert len(left_behind(tmp_path)) == 1
    with pytest.raises(Invalid), Intake(tmp_path) as intake:  # noqa: PT012
        intake.take(io.BytesIO(PDF), "a.pdf")
        intake.take(io.BytesIO(b""), "b.pdf")
    assert left_behind(tmp_path) == []


@pytest.fixture
def small_disk() -> Iterator[None]:
    """No file of this process may grow beyond 64 kB: the kernel refuses the rest as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.usefixtures("small_disk")
def test_a_full_disk_leaves_nothing_half_written_and_reading_goes_on(tmp_path: Path) -> None:
    kept = put(tmp_path, PDF, "a.pdf")
    with pytest.raises(NoRoom, match="The disk is full"):
        put(tmp_path, b"x" * 200_000, "b.txt")
    assert len(left_behind(tmp_path)) == 1
    assert verified(tmp_path, kept).read_bytes() == PDF


def test_a_refused_kind_says_what_is_taken(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="Taken are: pdf, png, jpg"):
        put(tmp_path, b"<html>", "a.html")


def test_as_large_as_can_be_and_a_byte_more(tmp_path: Path) -> None:
    assert store(tmp_path, io.BytesIO(b"x" * LARGEST_FILE), "a.txt").size == LARGEST_FILE
    with pytest.raises(TooLarge, match="larger than 20 MB"):
        put(tmp_path, b"x" * (LARGEST_FILE + 1), "b.txt")
    assert len(left_behind(tmp_path)) == 1


def test_an_archive_is_never_unpacked(tmp_path: Path) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", bytes(50_000_000))
    kept = store(tmp_path, io.BytesIO(bomb.getvalue()), "a.docx")
    assert kept.size < 100_000


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    assert put(tmp_path, PDF, "a.pdf") == put(tmp_path, PDF, "b.pdf")
    assert len(left_behind(tmp_path)) == 1


def test_only_the_product_reads_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "attachments"
    path = path_of(folder, put(folder, PDF, "a.pdf"))
    for place in (folder, path.parent, folder / "partial"):
        assert stat.S_IMODE(place.stat().st_mode) == 0o700


def test_damage_is_noticed_and_healed_by_attaching_again(tmp_path: Path) -> None:
    sha256 = put(tmp_path, PDF, "a.pdf")
    path = path_of(tmp_path, sha256)
    path.write_bytes(PDF[:-1] + b"!")
    with pytest.raises(NotFound, match="is damaged"):
        verified(tmp_path, sha256)
    put(tmp_path, PDF, "a.pdf")
    assert verified(tmp_path, sha256).read_bytes() == PDF


def test_what_is_away_is_not_called_damaged(tmp_path: Path) -> None:
    sha256 = put(tmp_path, PDF, "a.pdf")
    path = path_of(tmp_path, sha256)
    path.unlink()
    with pytest.raises(Unavailable, match="not here at this moment"):
        verified(tmp_path, sha256)
    path.mkdir()  # as little to be read as what an absent mount leaves
    with pytest.raises(Unavailable, match="not here at this moment"):
        verified(tmp_path, sha256)
    path.rmdir()
    put(tmp_path, PDF, "a.pdf")
    assert verified(tmp_path, sha256).read_bytes() == PDF


def test_storing_again_makes_young_again(tmp_path: Path) -> None:
    path = path_of(tmp_path, put(tmp_path, PDF, "a.pdf"))
    os.utime(path, (1, 1))
    put(tmp_path, PDF, "a.pdf")
    assert path.stat().st_mtime > 1


@pytest.mark.parametrize("name", ["../../etc/passwd", "A" * 64, "a" * 63, "", "a" * 64 + "\n"])
def test_no_other_path_can_be_asked_for(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFound):
        path_of(tmp_path, name)


def test_the_encoding_of_a_text(tmp_path: Path) -> None:
    texts = {b"plain": "utf-8", "Peña".encode("cp1252"): "windows-1252", "Peña".encode("utf-16"): "utf-16"}
    for content, encoding in {**texts, b"\x00": None, b"\xff\xfe\x00": None}.items():
        path = tmp_path / "text"
        path.write_bytes(content)
        assert text_encoding(path) == encoding


def test_a_character_across_two_chunks_is_one_character(tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_bytes(b"x" * 65_535 + "ñ".encode() + b"x" * 70_000)
    assert text_encoding(path) == "utf-8"


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("../../x.pdf", "x.pdf"),
        ("C:\\docs\\meter read.pdf", "meter read.pdf"),
        ("a\x00b.pdf", "ab.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\ud800b.pdf", "ab.pdf"),
        ("in\u3164voice\u2800\u00a0 3\ufe0f\u034f.pdf", "in voice 3.pdf"),
        ("e\u0301tat.pdf", "\u00e9tat.pdf"),
        ("con.pdf", "_con.pdf"),
        ("LPT1.tar.pdf", "_LPT1.tar.pdf"),
        ("Rechnung 2026-03.pdf", "Rechnung 2026-03.pdf"),
        ("", "file"),
        (None, "file"),
        ("..", "file"),
        ("x" * 300 + ".pdf", "x" * 251 + ".pdf"),
        ("ñ" * 300 + ".pdf", "ñ" * 125 + ".pdf"),
        ("a." + "x" * 300, "a." + "x" * 253),
    ],
)
def test_names_are_cleaned(raw: str | None, clean: str) -> None:
    assert clean_name(raw) == clean


@given(st.text(max_size=400))
def test_a_clean_name_is_clean(raw: str) -> None:
    name = clean_name(raw)
    assert name
    assert len(name.encode()) <= LONGEST_NAME
    assert name.isprintable()
    assert not set(name) & set('/\\<>:"|?*\r\n\x00')
    assert clean_name(name) == name
