"""Ways into the kernel itself."""
# The plain calls are what is being tried:
# ruff: noqa: PTH123

import ctypes
import mmap
import time

from faults.escapes.attempt import apart, call


def reads_kernel_memory() -> None:
    open("/proc/kcore", "rb").close()


def sets_the_core_pattern() -> None:
    open("/proc/sys/kernel/core_pattern", "w").close()


def loads_a_bpf_program() -> None:
    call(321, 0, (ctypes.c_uint32 * 12)(2, 4, 4, 1), 48)  # an array of one number: a map without a name


def counts_events() -> None:
    call(298, (ctypes.c_uint32 * 32)(1, 128), 0, -1, -1, 0)  # the clock of this process


def keeps_a_key() -> None:
    call(248, b"user", b"name", b"secret", 6, -3)


def asks_for_a_key() -> None:
    call(250, 0, -3, 1)


def makes_an_io_ring() -> None:
    call(425, 1, (ctypes.c_uint8 * 120)())


def handles_page_faults() -> None:
    call(323, 1)


def learns_where_the_kernel_lies() -> None:
    with open("/proc/kallsyms", encoding="ascii") as file:
        if not int(file.readline().split()[0], 16):
            raise PermissionError("addresses are hidden")


def reads_the_kernels_log() -> None:
    call(103, 10, None, 0)


def turns_a_switch_of_the_kernel() -> None:
    open("/proc/sys/kernel/hostname", "w").close()


def presses_the_emergency_key() -> None:
    open("/proc/sysrq-trigger", "w").close()


def loads_a_module() -> None:
    call(175, b"", 0, b"")


def loads_another_kernel() -> None:
    call(246, 0, 0, None, 0)


def sets_the_clock() -> None:
    """To what it is."""
    call(164, (ctypes.c_int64 * 2)(int(time.time()), 0), None)


def talks_to_the_hardware() -> None:
    call(172, 3)


def changes_the_segments() -> None:
    call(154, 0, (ctypes.c_char * 16)(), 16)  # reads them: refused with the call that writes


def opens_a_file_system_by_the_newer_call() -> None:
    call(430, b"tmpfs", 0)


def copies_a_mount_by_the_newer_call() -> None:
    call(428, -100, b"/", 1)


def changes_a_mount_by_the_newer_call() -> None:
    call(442, -100, b"/enclave/data", 0, (ctypes.c_uint64 * 4)(0, 1, 0, 0), 32)


def watches_every_file() -> None:
    call(300, 0, 0)


def writes_the_accounts_of_processes() -> None:
    call(163, None)


def calls_by_the_numbers_of_another_machine() -> None:
    """The x32 interface: a list of system calls that knows only one set of numbers lets the other through."""
    apart(lambda: call(0x4000_0000 + 39))


def calls_by_the_older_gate() -> None:
    """`int 0x80` with the 32-bit number of getpid: the filter must know that gate too."""
    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(bytes.fromhex("b814000000cd80c3"))  # mov eax, 20; int 0x80; ret
    run = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))

    def attempt() -> None:
        if run() < 0:
            raise OSError("refused")

    apart(attempt)


def tells_one_start_of_the_machine_from_another() -> None:
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
        file.read()


def sees_how_busy_the_machine_is() -> None:
    with open("/proc/loadavg", encoding="ascii") as file:
        file.read()
