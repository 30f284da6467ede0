"""What an end does when it is told to."""

import os
import signal

from faults.collusion import files, network, processes
from faults.collusion.channel import Channel, Made

CHANNELS: Made = files.CHANNELS | network.CHANNELS | processes.CHANNELS


def step(open_: dict[str, Channel], name: str, act: str, other: int) -> str:
    """What came of it: what was received, or why not."""
    try:
        if act == "end":
            open_.clear()
            return ""
        channel = open_.setdefault(name, CHANNELS[name]())
        channel.other = other
        if act == "ready":
            channel.ready()
        if act == "send":
            channel.send()
        return channel.receive() if act == "receive" else ""
    except (OSError, ValueError) as error:
        return f"held: {error}"


def greeting() -> list[object]:
    """Of an end that is ready: its process and what it knows."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGRTMIN])
    return [os.getpid(), list(CHANNELS)]
