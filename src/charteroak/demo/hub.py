"""Days 58 to 69: linked, doubtful pairs decided, confirmed, extracted, reviewed, identifiers destroyed."""

from datetime import time

from charteroak.demo.agreement import NOOR
from charteroak.demo.page import Stopped
from charteroak.demo.play import Play
from charteroak.demo.request import SAM, STEWARDS

KIM = "kim.tran"


def link(play: Play) -> None:
    """Day 58: the hub links and Noor decides the doubtful pairs."""
    play.day(58)
    here = f"/hub/{play.number}/"
    play.do("start linking", NOOR, here, "start-link-run")
    play.once("linked", lambda: _until(play, "in_clerical_review", "Linking"))
    play.once("pairs decided", lambda: _decide_pairs(play))
    play.do("settle", NOOR, here, "settle")
    _until(play, "settled", "Settling")


def _until(play: Play, status: str, what: str) -> None:
    def there(found: dict[str, object]) -> bool:
        if found["status"] == "failed":
            raise Stopped(f"{what} failed; see /hub/{play.number}/.")
        return found["status"] == status

    play.visitor(NOOR).wait(f"/api/hub/{play.number}", there, what)


def _decide_pairs(play: Play) -> None:
    """Decide each pair by what the page shows: alike enough in names and birth date, or not."""
    noor, here = play.visitor(NOOR), f"/hub/{play.number}/pairs/?all=1"
    while undecided := (shown := noor.open(here)).pairs():
        choices = {f"pair-{pair}": "same" if same else "different" for pair, same in undecided.items()}
        noor.submit(shown, "decide-pairs", choices)


def confirm(play: Play) -> None:
    """Day 59: the three stewards confirm the match; the extract is built."""
    play.day(59)
    here = f"/hub/{play.number}/"
    for agency, steward in STEWARDS.items():
        play.do(f"{agency} confirms the match", steward, here, f"confirm-{agency}")
    play.visitor(SAM).wait(
        f"/api/hub/{play.number}",
        lambda found: isinstance(found["extract"], dict) and found["extract"]["status"] == "built",
        "Building the extract",
    )


def clear(play: Play) -> None:
    """Days 62 and 66: the policy office reviews before access; the enclave opens the workspace."""
    play.day(62)
    play.do("clear the extract", SAM, f"/hub/{play.number}/", "clear-extract")
    play.day(66)
    play.do("open the workspace", KIM, f"/workspaces/open/{play.number}/", "open")


def destroy_identifiers(play: Play) -> None:
    """Day 69: five business days after the confirmation the identifiers are gone, with a certificate."""
    play.day(69, time(9))
    here = f"/hub/{play.number}/"
    play.do("destroy identifiers", NOOR, here, "destroy-identifiers")
    play.visitor(NOOR).wait(
        f"/api/hub/{play.number}", lambda found: bool(found["identifiers_destroyed"]), "Destruction"
    )
