"""The rules of the market's issues as data, and the small pure code that obeys them."""
