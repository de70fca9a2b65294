"""Verbs: all writing. The first parameter is who acts; the door commits."""
