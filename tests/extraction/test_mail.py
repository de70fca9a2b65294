"""Mail: its headers, its parts, what it carries."""

import io
from email.message import EmailMessage

import pytest

from tracker.extraction.mail import text_in


def text(content: bytes) -> str:
    """All the text in a mail."""
    return " ".join("".join(text_in(io.BytesIO(content))).split())


def mail(body: str = "The meter’s read.") -> EmailMessage:
    """A mail from Ann to Bob about a meter."""
    message = EmailMessage()
    message["Subject"] = "Peña Blvd"
    message["From"] = "Ann Ñandú <ann@acme.example>"
    message["To"] = "bob@bolt.example"
    message.set_content(body)
    return message


HEADERS = "Peña Blvd Ann Ñandú <ann@acme.example> bob@bolt.example"


def test_headers_and_body() -> None:
    assert text(mail().as_bytes()) == f"{HEADERS} The meter’s read."


def test_html_is_read_as_one_sees_it() -> None:
    message = mail("plain")
    message.add_alternative(
        "<style>p {}</style><p>The <b>m</b>eter</p><script>alert(1)</script><p>read &amp; sent<br>twice", subtype="html"
    )
    assert text(message.as_bytes()) == f"{HEADERS} plain The meter read & sent twice"


def test_a_file_is_there_by_its_name() -> None:
    message = mail()
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="Zählerstand.pdf")
    message.add_attachment("not looked into", filename="reads.txt")
    assert text(message.as_bytes()) == f"{HEADERS} The meter’s read. Zählerstand.pdf reads.txt"


def test_a_mail_within_a_mail() -> None:
    message = EmailMessage()
    message["Subject"] = "Fwd"
    message.set_content("See below.")
    message.add_attachment(mail())
    assert text(message.as_bytes()) == f"Fwd See below. {HEADERS} The meter’s read."


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("Subject: Peña\n\nBlvd".encode(), "Peña Blvd"),
        (b"Subject: Pe\xf1a\n\nBlvd", "Peña Blvd"),
        (b"Subject: =?utf-8?b?a?=\n\nx", "=?utf-8?b?a?= x"),
        (b"Subject: =?no-such-set?q?Pe=C3=B1a?=\n\nx", "Peña x"),
        (b"Subject: =?utf-8?q?Pe=C3=B1a?=\n =?utf-8?q?_Blvd?=\n\nx", "Peña Blvd x"),
        (b"Content-Type: text/plain; charset=no-such\n\nPe\xc3\xb1a", "Peña"),
        (b"Content-Type: text/plain; charset=us-ascii\n\nPe\xf1a", "Peña"),
        (b"Content-Type: text/plain; charset=zlib\n\nx", "x"),
        (b"Content-Type: text/plain; charset=iso-8859-2\n\n\xb3", "ł"),
        (b"Content-Transfer-Encoding: base64\n\n%%%", ""),
        (b"Content-Transfer-Encoding: quoted-printable\n\nkilo=\nwatt", "kilowatt"),
        (b"Content-Type: multipart/mixed\n\nno boundary", ""),
        (b"Subject: only this", "only this"),
    ],
)
def test_mail_as_it_comes(content: bytes, expected: str) -> None:
    assert text(content) == expected
