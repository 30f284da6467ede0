"""Enclave workspaces and batch jobs on a project's extract."""
