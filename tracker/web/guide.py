"""The user guide."""

from flask import Blueprint

pages = Blueprint("guide", __name__)
