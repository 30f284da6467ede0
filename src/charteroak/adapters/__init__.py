"""The world outside, one file each: vault, keys, sandboxes, database, processes, clock."""
