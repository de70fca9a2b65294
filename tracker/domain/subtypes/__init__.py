"""The kinds of issue, one declarative file a family."""
