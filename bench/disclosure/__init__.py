"""Disclosure control beside its peers."""
