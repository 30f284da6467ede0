"""A work folder into a stream and out of one, inside the sandbox: python -I -c … pack|unpack DESCRIPTOR.

Links, pipes and names that a researcher planted are read and made here, where they lead nowhere.
"""

import os
import sys
import tarfile
from typing import BinaryIO


def pack(into: BinaryIO) -> None:
    """Everything in the current folder as one tar; what its owner closed to themselves is opened first.

    Raises OSError where a folder cannot be listed: what is packed is deleted afterwards.
    """
    os.chmod(".", 0o700)  # noqa: PTH101 - pathlib costs nothing less
    with tarfile.open(fileobj=into, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        for folder, folders, names in os.walk(".", onerror=_raise):
            for name in sorted(folders + names):
                path = f"{folder}/{name}"
                told = archive.gettarinfo(path)
                if told is None:  # a socket, which lives no longer than its process
                    continue
                if told.isdir() and not os.access(path, os.R_OK | os.X_OK):
                    os.chmod(path, 0o700)  # noqa: PTH101 - as above
                if not told.isreg():
                    archive.addfile(told)
                    continue
                if not os.access(path, os.R_OK):
                    os.chmod(path, 0o600)  # noqa: PTH101 - as above
                with open(path, "rb") as content:  # noqa: PTH123 - as above
                    archive.addfile(told, content)


def _raise(error: OSError) -> None:
    raise error


def unpack(out: BinaryIO) -> None:
    """The same files again, as they were."""
    with tarfile.open(fileobj=out, mode="r|") as archive:
        # its owner's own, and in the sandbox; Pythons before 3.11.4 have no filter and trust as this one does
        archive.extraction_filter = getattr(tarfile, "fully_trusted_filter", None)
        archive.extractall(".")  # noqa: S202 - as above
    while out.read(1 << 20):  # so that whoever writes comes to its end
        pass


if __name__ == "__main__":
    stream = os.fdopen(int(sys.argv[2]), "wb" if sys.argv[1] == "pack" else "rb")
    with stream:
        {"pack": pack, "unpack": unpack}[sys.argv[1]](stream)
