"""Files taken out of the kernel's page cache, so that the next read of them comes from the disk.

The kernel's own switch for the whole cache is closed in many containers. A file's pages can be given up one file at a
time (posix_fadvise); what another process has mapped stays. How much stayed is asked of the kernel (mincore) and told.
"""

import ctypes
import mmap
import os
import stat

LIBC = ctypes.CDLL(None, use_errno=True)
PAGE = mmap.PAGESIZE


def dropped(*folders: str) -> float:
    """Give up the cached pages of every file below `folders`; the share of their bytes that is still cached."""
    os.sync()  # what is not on the disk yet cannot be given up
    files = {file for folder in folders for file in files_below(folder)}
    kept = whole = 0
    for file in files:
        with open(file, "rb") as opened:  # noqa: PTH123 - tens of thousands
            os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            size = os.fstat(opened.fileno()).st_size
            if size:
                whole += size
                kept += cached(opened.fileno(), size)
    return kept / whole if whole else 0.0


def files_below(folder: str) -> set[str]:
    """Regular files that can be read, each once."""
    found = set()
    for at, _, names in os.walk(folder):
        for name in names:
            path = f"{at}/{name}"
            if stat.S_ISREG(os.lstat(path).st_mode) and os.access(path, os.R_OK):
                found.add(path)
    return found


def cached(descriptor: int, size: int) -> int:
    """Bytes of the file that are in the page cache (mincore(2))."""
    pages = -(-size // PAGE)
    LIBC.mmap.restype = ctypes.c_void_p
    LIBC.mmap.argtypes = [
        ctypes.c_void_p,
        ctypes.c_size_t,
        ctypes.c_int,
        ctypes.c_int,
        ctypes.c_int,
        ctypes.c_long,
    ]
    at = LIBC.mmap(None, size, mmap.PROT_READ, mmap.MAP_SHARED, descriptor, 0)
    if at in (None, ctypes.c_void_p(-1).value):
        return 0
    resident = (ctypes.c_ubyte * pages)()
    LIBC.mincore(ctypes.c_void_p(at), ctypes.c_size_t(size), resident)
    LIBC.munmap(ctypes.c_void_p(at), ctypes.c_size_t(size))
    return min(size, sum(page & 1 for page in resident) * PAGE)
