"""One end, told step by step on standard input: `python -m faults.collusion FACTS`. With `pair` as a second word, both
ends in this one place, driven from here; prints what each channel brought as JSON.
"""

import json
import os
import signal
import sys

from faults.collusion import drive, files, network, processes
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


if sys.argv[2:] == ["pair"]:
    command = [sys.executable, "-m", "faults.collusion", sys.argv[1]]
    with drive.started(command) as sender, drive.started(command) as receiver:
        print(json.dumps({name: drive.passed(name, sender, receiver) for name in CHANNELS}))
else:
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGRTMIN])
    channels: dict[str, Channel] = {}
    print(json.dumps([os.getpid(), list(CHANNELS)]), flush=True)
    for line in sys.stdin:
        print(json.dumps(step(channels, *json.loads(line))), flush=True)
