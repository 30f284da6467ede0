"""Participating agencies, people, roles, training and sign-in."""
