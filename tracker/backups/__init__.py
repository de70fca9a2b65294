"""Copies of a market on one machine: made while it is used, read again before they count, and put back whole."""
