"""`flask registry`: load what the registration system knows, and switch its look-ups off and on."""

from flask.cli import AppGroup

group = AppGroup("registry", help="Load the market registry, or switch its look-ups off and on.")
