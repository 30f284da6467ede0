"""What a sealed sandbox is, as a value: its folders, its limits, its permitted system calls. Pure."""

from charteroak.sandbox.bubblewrap import arguments
from charteroak.sandbox.spec import DATA, ENVIRONMENT, INPUT, WORK, Isolator, Limits, Mount, SandboxSpec

__all__ = ["DATA", "ENVIRONMENT", "INPUT", "WORK", "Isolator", "Limits", "Mount", "SandboxSpec", "arguments"]
