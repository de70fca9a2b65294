"""Markdown of people: addresses become links, and nothing that they write runs, loads, or leads elsewhere unsaid."""

import re
import time
from collections.abc import Callable

import pytest

from tracker.prose import LONGEST_COMMENT, html_of, sanitised

REL = 'rel="noopener noreferrer nofollow"'
HOSTILE = [
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](vbscript:1)",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](//evil.example)",
    "[x](/\\evil.example)",
    "[x](\\\\evil.example)",
    "[x](https:evil.example)",
    "[x](https:///evil.example)",
    "[x](/issues/7)",
    "[x](issues)",
    "[a]: javascript:alert(1)\n[a]",
    "[a]: //evil.example\n[a]",
    "<javascript:alert(1)>",
    "<a href='javascript:1'>x</a>",
    "<img src=x onerror=alert(1)>",
    "![i](javascript:1)",
    "```<script>alert(1)</script>```",
    "//evil.example ftp://evil.example evil.example bob@evil.example mailto:bob@evil.example",
]
BENT = [
    '<http://a" onmouseover=alert(1)>',
    '[x](https://e "t\' onload=1")',
    'https://e/"onmouseover=alert(1)',
    "https://e/'><img src=x onerror=alert(1)>",
    "https://e/<script>alert(1)</script>",
    "https://e/[x](javascript:alert(1))",
    "https://e/\u202egnp.exe",
    "![i](https://e/x.png)",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_no_whole_address_is_no_link(text: str) -> None:
    html = html_of(text)
    assert "<a " not in html
    assert_harmless(html)


@pytest.mark.parametrize("text", BENT)
def test_a_bent_address_leads_to_its_host_alone(text: str) -> None:
    html = html_of(text)
    assert all(re.match(r"https?://[ea](/|$)", address) for address in re.findall(r'href="([^"]*)"', html))
    assert_harmless(html)


def assert_harmless(html: str) -> None:
    """Nothing but text and links; and sanitising it again changes nothing."""
    assert not re.search(r"<(?!/?(a|p|br|code|pre)\b)", html)
    assert all(
        re.fullmatch(rf'<a (href="[^"]*" )?(title="[^"]*" )?{REL}>', tag) for tag in re.findall("<a [^>]*>", html)
    )
    assert sanitised(html) == html


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("See https://ercot.com/a_b_c?d=1&e=2.", "https://ercot.com/a_b_c?d=1&amp;e=2"),
        ("(http://x.example/y)", "http://x.example/y"),
        ("**https://x.example/a*b**", "https://x.example/a*b"),
        ("<https://x.example>", "https://x.example"),
        ("[the protocol](https://x.example/p)", "https://x.example/p"),
        ("[write](mailto:a@b.example)", "mailto:a@b.example"),
    ],
)
def test_a_whole_address_is_a_link(text: str, address: str) -> None:
    html = html_of(text)
    assert re.findall(r"<a [^>]*>", html) == [f'<a href="{address}" {REL}>']
    assert sanitised(html) == html


def test_what_is_sanitised_keeps_no_address_that_is_not_whole() -> None:
    html = sanitised('<a href="//evil.example">one</a> <a href="issues">two</a> <a href="https://x.example">three</a>')
    assert re.findall('href="([^"]*)"', html) == ["https://x.example"]
    assert sanitised(html) == html


def test_code_is_shown_as_it_was_typed() -> None:
    assert html_of("`https://x.example`") == "<p><code>https://x.example</code></p>\n"


@pytest.mark.parametrize(
    "piece", ["http://", "://", "x:// ", "https://a.", "[https://a", "a.b@", "https://a/(", '"https://a']
)
def test_the_longest_comment_is_read_in_a_moment(piece: str) -> None:
    """In ten times the work of a search that begins anew at each letter, on whatever machine."""
    search = work_of(lambda: re.search("a*b", "a" * 3 * LONGEST_COMMENT))
    assert work_of(lambda: html_of((piece * LONGEST_COMMENT)[:LONGEST_COMMENT])) < 10 * search


def work_of(act: Callable[[], object]) -> float:
    """The processor's time that it takes here, which waits for nobody."""
    begun = time.thread_time()
    act()
    return time.thread_time() - begun
