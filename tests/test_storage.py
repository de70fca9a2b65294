"""Storing bytes: what is taken, what is not, and what is found again."""

import io
import os
import stat
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.file_kinds import KINDS, LONGEST_NAME, OLE, clean_name, extension_of
from tracker.errors import Invalid, NotFound, TooLarge
from tracker.storage import LARGEST_FILE, path_of, store, text_encoding, verified

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
        ("a.PNG", PNG),
        ("a.jpg", b"\xff\xd8\xff\xe0" + bytes(20)),
        ("a.jpeg", b"\xff\xd8\xff\xe1" + bytes(20)),
        ("a.gif", b"GIF89a" + bytes(20)),
        ("a.txt", "Peña Blvd".encode()),
        ("a.txt", "Peña Blvd".encode("cp1252")),
        ("a.csv", b"\xef\xbb\xbfhour,kWh\r\n1,2\r\n"),
        ("a.eml", b"From: ann@acme.example\nContent-Type: text/html\n\n<html><body>Hello</body></html>"),
        ("a.msg", ole("__properties_version1.0")),
        ("a.doc", ole("WordDocument")),
        ("a.xls", ole("Workbook")),
        ("a.docx", zipped("[Content_Types].xml", "word/document.xml")),
        ("a.docx", ole("EncryptedPackage")),
        ("a.xlsx", zipped("[Content_Types].xml", "xl/workbook.xml")),
        ("a.zip", zipped("a.txt")),
        ("a.zip", zipped()),
    ],
)
def test_what_is_taken(tmp_path: Path, name: str, content: bytes) -> None:
    kept = store(tmp_path, io.BytesIO(content), name)
    assert kept.size == len(content)
    assert kept.media_type == KINDS[extension_of(name)].media_type
    assert verified(tmp_path, kept.sha256).read_bytes() == content
    assert len(left_behind(tmp_path)) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", b"<html></html>"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("a.xml", b"<?xml version='1.0'?><a/>"),
        ("a.exe", b"MZ" + bytes(20)),
        ("a.pdf.exe", PDF),
        ("pdf", PDF),
        (".pdf", PDF),
        ("a", PDF),
        ("a.pdf", b""),
        ("a.txt", b"<html><script>alert(1)</script></html>"),
        ("a.txt", b"\n\n \xef\xbb\xbf<!DOCTYPE html>"),
        ("a.csv", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("a.pdf", b"%PDF-1.4\n<script>alert(1)</script>"),
        ("a.gif", b"GIF89a/*<svg onload=alert(1)>*/=1;"),
        ("a.png", b"\x89PNG\r\n\x1a\n<html>"),
        ("a.pdf", b"<html>%PDF-1.4"),
        ("a.eml", b"<html><body>no mail</body></html>"),
        ("a.png", PDF),
        ("a.pdf", PNG),
        ("a.txt", PNG),
        ("a.txt", b"one\x00two"),
        ("a.txt", b"one\x1b[31mtwo"),
        ("a.txt", "hello".encode("utf-16")),
        ("a.txt", b"\x81\x8d"),
        ("a.docx", zipped("[Content_Types].xml", "xl/workbook.xml")),
        ("a.xlsx", zipped("a.txt")),
        ("a.doc", ole("Workbook")),
        ("a.msg", ole("WordDocument")),
        ("a.zip", b"PK nothing"),
    ],
)
def test_what_is_not_taken_leaves_nothing_behind(tmp_path: Path, name: str, content: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        put(tmp_path, content, name)
    assert list(refusal.value.errors) == ["files"]
    assert left_behind(tmp_path) == []


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
    with pytest.raises(NotFound, match="damaged or missing"):
        verified(tmp_path, sha256)
    path.unlink()
    with pytest.raises(NotFound, match="damaged or missing"):
        verified(tmp_path, sha256)
    path.write_bytes(b"")
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
    for content, encoding in ((b"plain", "utf-8"), ("Peña".encode("cp1252"), "windows-1252"), (b"\x00", None)):
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
