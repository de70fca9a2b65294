"""Markdown that people wrote, made into HTML that cannot hurt.

Raw HTML is off in the parser, and what comes out passes an allow-list besides: links to http, https
and mailto only, no images, no attribute that could run or load anything.
"""

import nh3
from markdown_it import MarkdownIt

LONGEST_COMMENT = 10_000
TAGS = {
    "p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a",
    "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}

_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True}).enable(
    ["table", "strikethrough"]
)
_markdown.disable("image")


def html_of(text: str) -> str:
    """The sanitised HTML of a comment's Markdown."""
    return sanitised(_markdown.render(text))


def sanitised(html: str) -> str:
    """`html` with everything outside the allow-list removed. Doing it twice changes nothing."""
    return nh3.clean(
        html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener noreferrer nofollow"
    )
