"""Boards as the public, the members, the chair and the policy office see them."""
