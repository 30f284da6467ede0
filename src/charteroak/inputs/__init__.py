"""The airlock's way in."""
