"""Days 35 to 57: the agreement generated, redlined, signed by all; files delivered; pledges and training."""

from datetime import time
from pathlib import Path

import polars as pl

from charteroak.demo.page import Stopped
from charteroak.demo.play import Play
from charteroak.demo.request import MAYA, SAM, STEWARDS, folder
from charteroak.demo.server import oak
from charteroak.synthetic import answer_finder_list, generate

ANN, NOOR = "ann.weiss", "noor.haddad"
SIGNATORIES = ("grace.stone", "omar.haines", "ruth.vega", "carl.winter", "tom.avery", "helen.marsh")


def draft(play: Play) -> None:
    """Days 35 and 44: generated from the answers, one clause made clearer."""
    play.day(35)
    play.do("draft", ANN, f"/agreements/draft/{play.number}/", "draft")
    play.day(44)
    here = f"/agreements/{play.number}/"
    if not play.diary.done("redline"):
        redline = play.visitor(ANN).open(here).form_ids("action-redline-")[-1].removeprefix("action-")
        text = (
            "A freedom-of-information request for shared records is referred promptly to the originating agency, "
            "with notice to the requester."
        )
        play.do("redline", ANN, here, redline, {"text": text, "comment": "As CGS 4-67dd puts it."})


def sign(play: Play) -> None:
    """Day 52: every party signs the same text; the last signature brings it into force."""
    here = f"/agreements/{play.number}/"
    play.day(52)
    play.do("open for signature", ANN, here, "open-for-signature")
    for signatory in SIGNATORIES:
        visitor = play.sign_in_again(signatory)
        for form in visitor.open(here).form_ids("action-sign-"):
            play.do(f"{form} by {signatory}", signatory, here, form.removeprefix("action-"), {"intent": "on"})
    visitor = play.visitor(SAM)
    visitor.wait(f"/api/agreements/{play.number}", lambda found: found["status"] == "executed", "Signing")


def synthesize(play: Play) -> None:
    """The agencies' own files, invented from a seed; truth is kept apart."""
    play.once(
        "synthesize",
        lambda: {"rows": dict(generate(folder(play), request=play.number, scale=play.scale).rows)},
    )


def _keep(file: Path, content: bytes) -> None:
    """Write a download, whole or not at all: an interrupt must leave no empty file to go on with."""
    staged = file.with_name(f"{file.name}.new")
    staged.write_bytes(content)
    staged.replace(file)


def _deliver(play: Play, step: str, agency: str, file: str, expect: str) -> None:
    """Encrypt a file to the hub as the agreement names it, upload it, wait for the verdict."""
    source = folder(play) / agency / file
    kind = "matching" if file.endswith("matching") else "analysis"
    sealed = source.with_name(source.name + ".age")
    if not play.diary.done(f"{step}: sealed"):
        recipient = play.home / "demo" / f"hub.{kind}.recipient"
        _keep(recipient, play.visitor(STEWARDS[agency]).download(f"/submissions/hub.{kind}.recipient"))
        # --force: a run that was cut off right here has made it already
        oak("encrypt", str(source), "--recipient-file", str(recipient), "-o", str(sealed), "--force")
        play.diary.finish(f"{step}: sealed")
    here = f"/submissions/{play.number}/"
    play.do(f"{step}: sent", STEWARDS[agency], here, "deliver", files={"file": sealed})

    def judged(found: dict[str, object]) -> bool:
        deliveries = found["deliveries"]
        of_file = [d for d in deliveries if d["file_name"] == file] if isinstance(deliveries, list) else []
        return bool(of_file) and of_file[0]["status"] != "quarantined"

    play.visitor(STEWARDS[agency]).wait(f"/api/submissions/{play.number}", judged, f"Checking {file}")
    said = play.visitor(STEWARDS[agency]).json(f"/api/submissions/{play.number}")["deliveries"]
    status = next(d["status"] for d in said if d["file_name"] == file) if isinstance(said, list) else ""
    if status != expect:
        raise Stopped(f"{file} is {status}; expected {expect}. See {here}.")


def deliver(play: Play) -> None:
    """Days 55 and 56: SDE and CSC send; CSC's numbers lost their leading zeros and come again; DOL answers."""
    n = play.number
    play.day(55)
    _deliver(play, "SDE matching", "SDE", f"SDE.{n}.11_02_2026.matching", "accepted")
    _deliver(play, "SDE analysis", "SDE", f"SDE.{n}.11_02_2026.analytical", "accepted")
    _deliver(play, "CSC matching, zeros lost", "CSC", f"CSC.{n}.11_02_2026.matching", "rejected")
    play.day(56)
    _deliver(play, "CSC matching", "CSC", f"CSC.{n}.11_03_2026.matching", "accepted")
    _deliver(play, "CSC analysis", "CSC", f"CSC.{n}.11_02_2026.analytical", "accepted")
    _answer_finder_list(play)
    _deliver(play, "DOL matching", "DOL", f"DOL.{n}.11_03_2026.matching", "accepted")
    _deliver(play, "DOL analysis", "DOL", f"DOL.{n}.11_03_2026.analytical", "accepted")


def _answer_finder_list(play: Play) -> None:
    """The hub asks DOL for numbers mixed with decoys; DOL registers its key, opens the list with it and answers."""
    from charteroak.adapters import age

    here, lou = f"/submissions/{play.number}/", STEWARDS["DOL"]
    identity = folder(play) / "DOL" / "dol.age"

    def make_key() -> dict[str, object]:
        identity.unlink(missing_ok=True)
        return {"recipient": age.generate_identity(identity)}

    play.once("key for the finder list", make_key)
    recipient = str(play.diary.found("key for the finder list", "recipient"))
    play.do("register the key", lou, here, "register-key", {"recipient": recipient})
    play.do("order finder list", NOOR, here, "order-finder-list")
    made = f"/api/submissions/{play.number}"
    play.visitor(lou).wait(made, lambda found: bool(found["finder_lists"]), "The finder list")

    def answer() -> dict[str, object]:
        listed = play.visitor(lou).json(made)["finder_lists"]
        address = listed[0]["href"] if isinstance(listed, list) else ""
        sealed, opened = identity.with_name("finder.age"), identity.with_name("finder.txt")
        _keep(sealed, play.visitor(lou).download(address))
        with sealed.open("rb") as reader, opened.open("wb") as writer:
            age.decrypt_stream(identity, reader, writer)
        numbers = pl.Series("ssn", opened.read_text("ascii").split())
        answer_finder_list(folder(play), numbers.filter(numbers != "ssn"), request=play.number)
        return {"asked": len(numbers)}

    play.once("answer finder list", answer)


def clear_people(play: Play) -> None:
    """Day 57: the three researchers complete the training and sign the pledge."""
    play.day(57, time(9))
    for person in (MAYA, "jonah.reed", "lena.park"):
        play.do(f"training of {person}", person, "/agencies/people/me/", "complete-training")
        play.do(f"pledge of {person}", person, "/agencies/people/me/", "sign-pledge")
