"""The search: its language, its engines, what is found and what is never shown."""
