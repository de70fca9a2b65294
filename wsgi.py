"""The application that gunicorn and `flask --app wsgi` load."""

from config import from_environment
from tracker import create_app

app = create_app(from_environment())
