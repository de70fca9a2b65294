"""Bodies, addresses and headers that no browser sends, and what they are answered with."""

from dataclasses import dataclass

URL_ENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"
NAMED = b'Content-Disposition: form-data; name="comment"'
FILE = b'Content-Disposition: form-data; name="files"; filename="a.txt"'


@dataclass(frozen=True)
class Body:
    """What is sent, as what, and the status of the page that says so; None where it can be read."""

    content_type: str
    sent: bytes
    status: int | None = 400


def parts(*heads: bytes, content: bytes = b"x") -> bytes:
    """A multipart body with these heads."""
    return b"".join(b"--b\r\n" + head + b"\r\n\r\n" + content + b"\r\n" for head in heads) + b"--b--\r\n"


def disposed(rest: bytes) -> bytes:
    """A body of one part that is disposed so."""
    return parts(b"Content-Disposition: form-data" + rest)


BODIES: dict[str, Body] = {
    "800 KB of fields": Body(URL_ENCODED, b"a&" * 400_000, 413),
    "1,001 fields": Body(URL_ENCODED, b"a=1&" * 1_000 + b"a=1", 413),
    "1 MB of one field": Body(URL_ENCODED, b"comment=" + b"x" * 1024 * 1024, 413),
    "1 MB of broken escapes": Body(URL_ENCODED, b"comment=" + b"%" * 1_000_000),
    "1 MB of escapes that are no UTF-8": Body(URL_ENCODED, b"comment=" + b"%FF" * 300_000),
    "a broken escape": Body(URL_ENCODED, b"comment=100%&ring=parties"),
    "an escape of no digits": Body(URL_ENCODED, b"comment=%zz"),
    "a lone surrogate": Body(URL_ENCODED, b"comment=%ED%A0%80"),
    "Latin-1": Body(URL_ENCODED, "comment=é".encode("latin-1")),
    "Latin-1, escaped": Body(URL_ENCODED, b"comment=%E9"),
    "UTF-16": Body(f"{URL_ENCODED}; charset=utf-16", "comment=x".encode("utf-16")),
    "UTF-7 that is said to be": Body(f"{URL_ENCODED}; charset=utf-7", b"comment=+AOk-", None),
    "a field without a name": Body(URL_ENCODED, b"=x"),
    "a name with a line break": Body(URL_ENCODED, b"com%0D%0Ament=x"),
    "a name with NUL": Body(URL_ENCODED, b"com%00ment=x"),
    "a name of 10,000": Body(URL_ENCODED, b"n" * 10_000 + b"=x"),
    "nothing but signs": Body(URL_ENCODED, b"&&&;;;&", None),
    "NUL in a field": Body(URL_ENCODED, b"comment=a%00b&user_name=a%00b&password=a%00b", None),
    "empty": Body(URL_ENCODED, b"", None),
    "JSON": Body("application/json", b'{"comment": "x"}'),
    "JSON of brackets": Body("application/json", b"[" * 100_000),
    "XML": Body("text/xml", b"<!DOCTYPE a [<!ENTITY b 'b'>]><a>&b;</a>"),
    "no kind": Body("", b"comment=x", None),
    "an absurd kind": Body("\x7f;;;===/", b"comment=x"),
    "JSON that is a form": Body("application/json", b'{"user_name": {"a": []}, "password": null, "comment": [1]}'),
    "JSON by another name": Body("application/vnd.api+json", b'["x"]'),
    "a kind of 8 KB": Body("multipart/form-data; " + "a=b; " * 1_600, b"x"),
    "a part without a name": Body(MULTIPART, disposed(b"")),
    "a part with an empty name": Body(MULTIPART, disposed(b'; name=""')),
    "a file without a name of its field": Body(MULTIPART, disposed(b'; filename="a.txt"')),
    "a part name with an escaped line break": Body(MULTIPART, disposed(b'; name="com%0D%0Ament"'), None),
    "a part name with a line break": Body(MULTIPART, disposed(b'; name="com\r\nment"')),
    "a part name with NUL": Body(MULTIPART, disposed(b'; name="com\x00ment"')),
    "a part name that is no UTF-8": Body(MULTIPART, disposed(b'; name="\xff"')),
    "a part name in another charset": Body(MULTIPART, disposed(b"; name*=utf-7''%2BAOk-"), None),
    "a part name in pieces": Body(
        MULTIPART, disposed(b"; name*0=com; name*1=ment; name*9999999999999999999999=x"), None
    ),
    "no disposition": Body(MULTIPART, parts(b"Content-Type: text/plain")),
    "two dispositions": Body(MULTIPART, parts(NAMED + b"\r\n" + NAMED)),
    "another disposition": Body(MULTIPART, parts(b'Content-Disposition: attachment; name="comment"')),
    "a form in a form": Body(
        MULTIPART,
        parts(NAMED + b"\r\nContent-Type: multipart/mixed; boundary=c", content=b"--c\r\n\r\nx\r\n--c--"),
        None,
    ),
    "a part that is no UTF-8": Body(MULTIPART, parts(NAMED, content=b"\xff\xfe")),
    "a part in UTF-16": Body(
        MULTIPART, parts(NAMED + b"\r\nContent-Type: text/plain; charset=utf-16", content="é".encode("utf-16"))
    ),
    "a part with NUL": Body(MULTIPART, parts(NAMED, content=b"a\x00b"), None),
    "201 parts": Body(MULTIPART, parts(*[NAMED] * 201), 413),
    "a part of 2 MB": Body(MULTIPART, parts(NAMED, content=b"x" * 2 * 1024 * 1024), 413),
    "a head of 1 MB": Body(MULTIPART, disposed(b'; name="' + b"q" * 1_000_000 + b'"'), 413),
    "a head of parameters": Body(MULTIPART, disposed(b"; a=b" * 100_000), 413),
    "a head of lines": Body(MULTIPART, parts(NAMED + b"\r\na: b" * 100_000), 413),
    "a head that does not end": Body(MULTIPART, b"--b\r\n" + b"a" * 2_000_000, 413),
    "no boundary": Body("multipart/form-data", parts(NAMED)),
    "an empty boundary": Body("multipart/form-data; boundary=", parts(NAMED)),
    "a boundary of signs": Body('multipart/form-data; boundary="(.*)+[^"', parts(NAMED)),
    "a boundary of 5,000": Body(f"multipart/form-data; boundary={'b' * 5_000}", parts(NAMED)),
    "a boundary that is no ASCII": Body("multipart/form-data; boundary*=utf-8''%C3%A9", parts(NAMED)),
    "a boundary that never comes": Body(MULTIPART, b"x" * 1_000),
    "cut off in a head": Body(MULTIPART, b"--b\r\nContent-Disp"),
    "cut off in a part": Body(MULTIPART, b"--b\r\n" + NAMED + b"\r\n\r\nx"),
    "a file name with NUL": Body(MULTIPART, disposed(b'; name="files"; filename="a\x00.txt"'), None),
    "a file name with line breaks": Body(MULTIPART, disposed(b'; name="files"; filename="a%0D%0Ab.txt"'), None),
    "a file name with a lone surrogate": Body(
        MULTIPART, disposed(b"; name=files; filename*=utf-8''%ED%A0%80.txt"), None
    ),
    "a file name of dots": Body(MULTIPART, disposed(b'; name="files"; filename="../../.."'), None),
    "a file where words are expected": Body(MULTIPART, disposed(b'; name="comment"; filename="a.txt"'), None),
    "words where a file is expected": Body(MULTIPART, disposed(b'; name="files"'), None),
    "a file with a head that is none": Body(
        MULTIPART, parts(FILE + b"\r\nContent-Length: many\r\n: x\r\nno colon"), None
    ),
}

QUERIES: dict[str, tuple[str, int | None]] = {
    "many parameters": ("a&" * 2_000, 413),
    "a long one": ("q=" + "x" * 10_000, 413),
    "broken escapes": ("q=100%&x=%zz&%=%", None),
    "no UTF-8": ("q=\xff\xfe", None),
    "no UTF-8, escaped": ("q=%FF", None),
    "NUL": ("q=%00", 400),
    "NUL in a name": ("%00=q", None),
    "a lone surrogate": ("q=%ED%A0%80", None),
    "without a name": ("=&==&=x", None),
    "line breaks": ("next=%0D%0ASet-Cookie:%20a=b", None),
}

HEADERS: dict[str, dict[str, str]] = {
    "a cookie of 8 KB": {"Cookie": "sid=" + "x" * 8_000},
    "a visitor's cookie of 8 KB": {"Cookie": "pre=" + "." * 8_000},
    "2,000 cookies": {"Cookie": "a=b; " * 2_000},
    "a cookie that is none": {"Cookie": ';;==,"\\"; sid="\\999\\0"; pre=\xff\x01; device=\xff'},
    "a page of nowhere": {"Referer": "https://[::1"},
    "a page at no port": {"Referer": "https://localhost:99999999"},
    "a page in signs": {"Referer": "\xff\x01//"},
    "an origin that is none": {"Origin": "https://[::1"},
    "a browser of 8 KB": {"User-Agent": "Mozilla/5.0 (" * 700},
    "a browser in signs": {"User-Agent": "\xff\xfe\x7f"},
    "a token of 8 KB": {"X-CSRFToken": "a." * 4_000},
    "a token in signs": {"X-CSRFToken": "\xff.\xff.\xff"},
    "a length that is none": {"Content-Length": "many"},
    "a negative length": {"Content-Length": "-1"},
    "a huge length": {"Content-Length": "9" * 30},
    "a range that is none": {"Range": "bytes=9-0,²-", "If-Range": "\xff"},
    "a date that is none": {"If-Modified-Since": "Fri, 99 Xxx 9999", "If-None-Match": 'W/"\xff'},
    "languages of 8 KB": {"Accept-Language": "a;q=1," * 1_300, "Accept": "*/*;q=x," * 900},
    "a scheme of its own": {"X-Forwarded-Proto": "gopher", "X-Forwarded-For": "unknown, ::1%eth0"},
    "an address that is none": {"X-Forwarded-For": "' OR 1=1"},
    "credentials": {"Authorization": "Basic \xff", "Proxy-Authorization": "Bearer"},
}

HOSTS = [
    "",
    " ",
    "localhost:99999999",
    "localhost:",
    "[::1",
    "\xff",
    "localhost, evil.example",
    "a" * 8_000,
    "@",
    "localhost%00",
]

VALUES: dict[str, str] = {
    "NUL": "a\x00b",
    "a number without end": "9" * 31,
    "a number below all": "-" + "9" * 20,
    "digits of elsewhere": "²٣",
    "no number": "NaN",
    "a number in powers": "1e400",
    "the last day": "9999-12-31T23:59:59.999999-14:00",
    "the first day": "0001-01-01T00:00:00+14:00",
    "brackets": "(" * 500,
    "escapes": "%00%ff\\u0000\\x00{{7*7}}${7}",
    "another way to write": "\u202e\u200b\ufeff\u0301",
    "beyond the plane": "\U0010ffff\ufffe\U0001f469\u200d\U0001f469",
    "line breaks": "a\r\nSet-Cookie: b=c\r\n\r\n\x0b\x0c\x85\u2028",
    "JSON": '{"a": [[[[]]], null, 1e999]}',
    "SQL": "' OR 1=1; --\\",
    "paths": "../../../../etc/passwd\\..\\",
    "long": "x" * 6_000,
}
"""What is typed, or sent under a name that a page uses for something else."""

NO_COLUMN_TAKES = {"NUL", "a number without end"}
