"""A letter as HTML for readers of mail: styles inline, no colour of the ground, so that light and dark both work."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tracker.jobs.letter.parts import Outline

SANS = "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"
LINE = "#8a8a8a"
"""Grey enough on white and on black, and in between when a client turns colours around."""

STYLES = {
    "page": "margin:0;padding:0",
    "letter": f"max-width:640px;margin:0 auto;padding:20px 16px;font-family:{SANS};font-size:16px;line-height:1.5;"
    "overflow-wrap:anywhere",
    "why": "margin:0 0 4px;font-size:20px;line-height:1.3;font-weight:600",
    "todo": "margin:0 0 16px",
    "button": "background-color:#1d5a9e;border-radius:4px;mso-padding-alt:11px 20px",
    "press": "display:inline-block;padding:11px 20px;color:#ffffff;font-weight:600;text-decoration:none",
    "caution": "margin:20px 0 0;padding:8px 12px;border:2px solid currentColor;border-radius:4px;font-weight:600",
    "facts": f"margin:20px 0 0;border-top:1px solid {LINE};border-collapse:collapse;width:100%",
    "ruled": f"border-bottom:1px solid {LINE}",
    "fact": "padding:3px 16px 3px 0;text-align:left;vertical-align:top;font-weight:400;white-space:nowrap;opacity:.75",
    "value": "padding:3px 0;text-align:left;vertical-align:top;width:100%",
    "link": "color:inherit;text-decoration:underline",
    "number": "color:inherit;text-decoration:underline;font-weight:600",
    "item": "margin:20px 0 0",
    "line": "margin:0",
    "quiet": "font-size:14px;opacity:.75;white-space:nowrap",
    "note": "margin:3px 0",
    "ring": "padding:1px 8px;border:1px solid currentColor;border-radius:12px;font-size:14px;font-weight:600",
    "changes": "margin:6px 0 0;padding:0 0 0 20px",
    "quote": f"margin:8px 0 0;padding:0 0 0 14px;border-left:3px solid {LINE};overflow-x:auto",
    "group": f"margin:20px 0 0;padding:14px 0 0;border-top:1px solid {LINE}",
    "title": "margin:0;font-size:16px;line-height:1.5;font-weight:600",
    "foot": f"margin:28px 0 0;padding:12px 0 0;border-top:1px solid {LINE};font-size:14px;opacity:.75",
}

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def as_html(outline: Outline) -> str:
    """The letter as a whole document, complete without anything from elsewhere."""
    return _templates.get_template("letter.html").render(letter=outline, style=STYLES)
