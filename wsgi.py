"""The application that gunicorn and `flask --app wsgi` load."""

from config import from_environment
from tracker import create_app

config = from_environment()
app = create_app(config, at_once=config.threads)
