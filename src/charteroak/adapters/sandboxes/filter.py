"""The table of permitted system calls, compiled for this machine's processor and kernel."""

import errno
import os
from collections.abc import Iterable
from functools import cache

from charteroak.sandbox.seccomp import PERMITTED, REFUSED, Rule

UNKNOWN = -1  # __NR_SCMP_ERROR; other negative numbers stand for calls of other processors


def _compiled(default: int, action: int, rules: Iterable[Rule]) -> bytes:
    import pyseccomp  # loads libseccomp, which a machine without sandbox need not have

    program = pyseccomp.SyscallFilter(default)
    for rule in rules:
        number = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, rule.call)
        if number == UNKNOWN:
            continue  # newer than this libseccomp: stays unlisted, and so refused
        tests = [pyseccomp.Arg(one.index, pyseccomp.MASKED_EQ, one.mask, one.value) for one in rule.arguments]
        program.add_rule(action, number, *tests)
    with os.fdopen(os.memfd_create("filter"), "r+b") as file:
        program.export_bpf(file)
        file.seek(0)
        return file.read()


@cache
def programs() -> tuple[bytes, bytes]:
    """Two BPF programs that both must agree: the list of what is permitted, the refused arguments in it.

    An unlisted call answers "no such call" (ENOSYS), so that libraries fall back to older ones; a refused
    argument answers EPERM. Raises RuntimeError where libseccomp is missing.
    """
    import pyseccomp

    permit = _compiled(pyseccomp.ERRNO(errno.ENOSYS), pyseccomp.ALLOW, PERMITTED)
    refuse = _compiled(pyseccomp.ALLOW, pyseccomp.ERRNO(errno.EPERM), REFUSED)
    return permit, refuse
