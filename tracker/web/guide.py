"""The user guide."""

from flask import Blueprint, render_template

from tracker.web.access import Access, access

pages = Blueprint("guide", __name__)
