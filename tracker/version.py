"""Which release of Tracker this is; CHANGELOG.md and the guide say what came with it."""

VERSION = "0.2.0"
