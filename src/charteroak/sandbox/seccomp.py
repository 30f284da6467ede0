"""The system calls a sandbox permits, by list, and the arguments it refuses all the same."""

from dataclasses import dataclass

WORD = 0xFFFF_FFFF  # the kernel reads these arguments as 32 bits: compare no more than it reads


@dataclass(frozen=True)
class Argument:
    """The bits of `mask` in argument number `index` equal `value`."""

    index: int
    value: int
    mask: int = WORD


@dataclass(frozen=True)
class Rule:
    call: str
    arguments: tuple[Argument, ...] = ()


# Ordinary computing: files, memory, threads, signals, pipes, clocks. Absent, so unknown to the sandbox:
# mounts, namespaces, other processes' memory, keys, io_uring, bpf, perf, userfaultfd, handles, set clocks.
PLAIN_CALLS = """
accept accept4 access alarm arch_prctl bind brk capget capset chdir chmod chown clock_getres clock_gettime
clock_nanosleep clone close close_range connect copy_file_range creat dup dup2 dup3 epoll_create
epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 epoll_wait eventfd eventfd2 execve execveat exit exit_group
faccessat faccessat2 fadvise64 fallocate fchdir fchmod fchmodat fchown fchownat fcntl fdatasync fgetxattr
flistxattr flock fork fremovexattr fsetxattr fstat fstatfs fsync ftruncate futex futex_waitv futimesat
get_robust_list getcpu getcwd getdents getdents64 getegid geteuid getgid getgroups getitimer getpeername
getpgid getpgrp getpid getppid getpriority getrandom getresgid getresuid getrlimit getrusage getsid
getsockname getsockopt gettid gettimeofday getuid getxattr inotify_add_watch inotify_init inotify_init1
inotify_rm_watch kill lchown lgetxattr link linkat listen listxattr llistxattr lremovexattr lseek lsetxattr
lstat madvise membarrier memfd_create mkdir mkdirat mknod mknodat mlock mlock2 mlockall mmap mprotect mremap
msgctl msgget msgrcv msgsnd msync munlock munlockall munmap nanosleep newfstatat open openat pause
pidfd_open pidfd_send_signal pipe pipe2 poll ppoll prctl pread64 preadv preadv2 prlimit64 pselect6 pwrite64
pwritev pwritev2 read readahead readlink readlinkat readv recvfrom recvmmsg recvmsg removexattr rename
renameat renameat2 restart_syscall rmdir rseq rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo
rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_tgsigqueueinfo sched_get_priority_max sched_get_priority_min
sched_getaffinity sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval sched_setaffinity
sched_setattr sched_setparam sched_setscheduler sched_yield select semctl semget semop semtimedop sendfile
sendmmsg sendmsg sendto set_robust_list set_tid_address setfsgid setfsuid setgid setgroups setitimer setpgid
setpriority setregid setresgid setresuid setreuid setrlimit setsid setsockopt setuid setxattr shmat shmctl
shmdt shmget shutdown sigaltstack signalfd signalfd4 splice stat statfs statx symlink symlinkat sync
sync_file_range syncfs sysinfo tee tgkill time timer_create timer_delete timer_getoverrun timer_gettime
timer_settime timerfd_create timerfd_gettime timerfd_settime times tkill truncate umask uname unlink
unlinkat utime utimensat utimes vfork vmsplice wait4 waitid write writev
"""

# Local sockets only: UNIX, IPv4 and IPv6 (inside an empty network namespace). AF_VSOCK knows no namespace and
# would reach the hypervisor. NETLINK_ROUTE (protocol 0) stays: getifaddrs needs it, libzmq aborts without.
LOCAL_SOCKETS = (
    Rule("socket", (Argument(0, 1),)),
    Rule("socket", (Argument(0, 2),)),
    Rule("socket", (Argument(0, 10),)),
    Rule("socket", (Argument(0, 16), Argument(2, 0))),
    Rule("socketpair", (Argument(0, 1),)),
)

# Terminal, descriptor, clone-file, file-flag and interface queries. TIOCSTI and TIOCLINUX, which type into
# the caller's terminal, are not here. Numbers: asm-generic/ioctls.h, linux/fs.h, linux/sockios.h.
DEVICE_REQUESTS = tuple(
    Rule("ioctl", (Argument(1, request),))
    for request in (
        *(
            0x5401,
            0x5402,
            0x5403,
            0x5404,
            0x5409,
            0x540A,
            0x540B,
            0x540E,
            0x540F,
            0x5410,
            0x5411,
            0x5413,
            0x5414,
        ),
        *(0x541B, 0x5421, 0x5422, 0x5429, 0x5441, 0x5450, 0x5451, 0x8004_5430, 0x4004_5431),
        *(0x4004_9409, 0x4020_940D, 0x8008_6601, 0xC020_660B, 0x2),
        *(0x8910, 0x8912, 0x8913, 0x8915, 0x8919, 0x891B, 0x8921, 0x8927, 0x8933),
    )
)

PERMITTED = (*(Rule(call) for call in PLAIN_CALLS.split()), *LOCAL_SOCKETS, *DEVICE_REQUESTS)

# Each bit of clone(2) that makes a namespace: mount, cgroup, UTS, IPC, user, PID, network.
NAMESPACE_BITS = (0x2_0000, 0x200_0000, 0x400_0000, 0x800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000)
# A program that runs as its owner: harmless inside, but the work folder is also seen from outside.
SET_ID_BITS = (0o4000, 0o2000)
MODE_ARGUMENT = {
    "chmod": 1,
    "fchmod": 1,
    "fchmodat": 2,
    "creat": 1,
    "open": 2,
    "openat": 3,
    "mknod": 1,
    "mknodat": 2,
}

REFUSED = (
    *(Rule("clone", (Argument(0, bit, bit),)) for bit in NAMESPACE_BITS),
    *(Rule(call, (Argument(at, bit, bit),)) for call, at in MODE_ARGUMENT.items() for bit in SET_ID_BITS),
)
