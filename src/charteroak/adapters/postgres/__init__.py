"""The embedded PostgreSQL: made on first use, reached over a Unix socket, with a role for each process.

Its files belong to an account of their own. The owner's role is open to whoever may act as root here (or to the
one user, without root); every other role has a password that only its process can read. Nobody else gets in.
"""

from charteroak.adapters.postgres.address import DATABASE, PROCESSES, answers, elsewhere, role, url, version
from charteroak.adapters.postgres.cluster import NotRunning, binaries
from charteroak.adapters.postgres.server import Server, running, start

__all__ = [
    "DATABASE",
    "PROCESSES",
    "NotRunning",
    "Server",
    "answers",
    "binaries",
    "elsewhere",
    "role",
    "running",
    "start",
    "url",
    "version",
]
