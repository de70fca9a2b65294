"""Keeping the bytes of the demo's attachments where the product looks for them."""
