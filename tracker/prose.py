"""Markdown that people wrote, made into HTML that cannot hurt.

Raw HTML is off in the parser, and what comes out passes an allow-list besides: whole links to http, https
and mailto only, no images, no attribute that could run or load anything.
"""

import re
from html import unescape

import nh3
from markdown_it import MarkdownIt

from tracker.domain.names import shows_nothing

LONGEST_COMMENT = 10_000
TAGS = {
    "p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a",
    "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}
_TAG = re.compile(r"<[^>]*>")
_ADDRESS = re.compile(r"(?:https?://[^/]|mailto:)", re.IGNORECASE)

_markdown = MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": True}).enable(
    ["table", "strikethrough", "linkify"]
)
_markdown.disable("image")


def html_of(text: str) -> str:
    """The sanitised HTML of a comment's Markdown."""
    return sanitised(_markdown.render(text))


def shows_something(text: str) -> bool:
    """The comment's rendering holds a sign that is seen: empty headings, lists and rules say nothing."""
    return not shows_nothing(text) and not shows_nothing(unescape(_TAG.sub("", html_of(text))))


def sanitised(html: str) -> str:
    """`html` with everything outside the allow-list removed. Doing it twice changes nothing."""
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_kept,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )


def _kept(tag: str, attribute: str, value: str) -> str | None:
    return value if attribute != "href" or _leads_out(value) else None


def _leads_out(address: str) -> bool:
    """A whole address of the web or of mail. What begins with `//` leads elsewhere and looks like a path of ours."""
    return _ADDRESS.match(address) is not None


def _only_whole_addresses(markdown: MarkdownIt) -> None:
    """Links that lead nowhere stay the text that was typed; what is typed as a whole address of the web is a link."""
    markdown.validateLink = _leads_out  # type: ignore[assignment,method-assign]  # the library's way to decide
    found = markdown.linkify
    assert found is not None
    found.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    for schema in ("ftp:", "//", "mailto:"):
        found.add(schema, None)


_only_whole_addresses(_markdown)
