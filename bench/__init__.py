"""`python -m bench`: how quick the product is over many issues, measured through gunicorn on this machine."""
