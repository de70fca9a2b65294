"""Chance that can be repeated."""

import random


def dice(seed: str) -> random.Random:
    """Chance that falls the same way for the same seed. For stories only; secrets come from elsewhere."""
    return random.Random(seed)  # noqa: S311
