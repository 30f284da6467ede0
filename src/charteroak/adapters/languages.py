"""What scripts may be written in on this machine, beside the Python and the SQL of the research environment."""

import shutil
import subprocess

from charteroak.policy.job import Language

PROGRAMS = "/usr/local/bin:/usr/bin:/bin"  # where the sandbox looks, after its own Python


def here() -> frozenset[Language]:
    """Python, SQL, and R where Debian's is installed, which the sandbox sees with the system."""
    here = {Language.PYTHON, Language.SQL}
    return frozenset(here | {Language.R} if shutil.which("Rscript", path=PROGRAMS) else here)


def r_packages() -> dict[str, str]:
    """R and its packages as Debian names them, with their versions; none where it is not installed."""
    ask = ["dpkg-query", "--show", "--showformat=${Package} ${Version} ${db:Status-Status}\\n", "r-*"]
    try:
        said = subprocess.run(ask, capture_output=True, text=True, check=False).stdout
    except FileNotFoundError:  # not Debian
        return {}
    found = (line.split(" ") for line in said.splitlines())
    return {name: version for name, version, status in found if status == "installed"}
