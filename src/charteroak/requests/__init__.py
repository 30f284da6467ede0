"""Data requests, column purposes and steward decisions."""
