"""What only the post reads: secrets that sign news, and first keys. The public key seals, the post alone opens."""

from pathlib import Path

from charteroak.adapters import age, processes
from charteroak.adapters.environment import Home, Process, home

SEALED = "-----BEGIN AGE ENCRYPTED FILE-----"  # how every sealed secret begins
SENDS = Process.POST


def make(at: Home) -> None:
    """The key pair, unless there is one; as the owner, for only root hands it to the account that sends.

    Where the public key alone is there, the process that sends has the other on a machine of its own.
    """
    public, private = _public(at), _private(at)
    if public.exists() and not private.exists():
        return
    private.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    recipient = age.generate_identity(private)
    processes.own(private, processes.account(SENDS))
    if not public.exists():
        public.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        public.write_text(f"{recipient}\n", encoding="ascii")
        public.chmod(0o644)


def seal(words: str) -> str:
    """Readable by the post alone. Raises FileNotFoundError before the key is made."""
    return age.seal(words, _public(home()).read_text(encoding="ascii"))


def opened(sealed: str) -> str:
    """The words again. Raises FileNotFoundError in any other process, age.WrongKey for what another key sealed."""
    return age.opened(sealed, _private(home()))


def _private(at: Home) -> Path:
    return at.keys(SENDS) / "news.age"


def _public(at: Home) -> Path:
    return at.public_keys / SENDS / "news.recipient"
