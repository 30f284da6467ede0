"""Try everything, or what `only` names, each in a process of its own; prints what came of each as JSON:
`python -m faults.escapes FACTS`.
"""

import json
import os
import subprocess
import traceback
from collections.abc import Callable

from faults.escapes import files, kernel, network, processes
from faults.escapes.attempt import HOST

ANOTHER_REASON, MISTAKE = 200, 201  # beyond every number of an error


def outcome(probe: Callable[[], None]) -> str:
    child = os.fork()
    if child == 0:
        os._exit(_tried(probe))
    ended = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(ended):
        return f"held: killed by signal {os.WTERMSIG(ended)}"
    status = os.WEXITSTATUS(ended)
    if status == MISTAKE:
        return "mistaken"
    return f"held: {os.strerror(status)}" if status else "escaped"


def _tried(probe: Callable[[], None]) -> int:
    try:
        probe()
    except OSError as error:
        return error.errno or ANOTHER_REASON
    except (ValueError, subprocess.CalledProcessError):
        return ANOTHER_REASON
    except BaseException:
        traceback.print_exc()
        return MISTAKE
    return 0


found = {}
for module in (files, network, processes, kernel):
    for name, probe in list(vars(module).items()):
        ours = callable(probe) and getattr(probe, "__module__", "") == module.__name__
        if ours and not name.startswith("_") and name in (HOST["only"] or {name}):
            found[name] = outcome(probe)
print(json.dumps(found))
