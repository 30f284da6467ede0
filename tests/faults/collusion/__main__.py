"""One end, told step by step on standard input: `python -m faults.collusion FACTS`. With `pair` as a second word, both
ends in this one place, driven from here; prints what each channel brought as JSON.
"""

import json
import sys

from faults.collusion import drive
from faults.collusion.channel import Channel
from faults.collusion.steps import CHANNELS, greeting, step

if sys.argv[2:] == ["pair"]:
    command = [sys.executable, "-m", "faults.collusion", sys.argv[1]]
    with drive.started(command) as sender, drive.started(command) as receiver:
        print(json.dumps({name: drive.passed(name, sender, receiver) for name in CHANNELS}))
else:
    channels: dict[str, Channel] = {}
    print(json.dumps(greeting()), flush=True)
    for line in sys.stdin:
        print(json.dumps(step(channels, *json.loads(line))), flush=True)
