"""Linkage measured beside Splink: the same files, the same blocking rules, each engine in a process of its own."""
