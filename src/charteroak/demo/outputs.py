"""Days 94 to 136: the analysis runs in the sealed workspace; its outputs are checked, cleared, approved, released."""

import csv
from datetime import time
from importlib.resources import files
from pathlib import Path

from charteroak.demo.page import Stopped
from charteroak.demo.play import Play
from charteroak.demo.request import MAYA, STEWARDS, folder, meet

CHECKERS = ("ida.moss", "al.pike")
TOWNS = "5_by_town.csv"
CONTEXT = {
    "1_flow.csv": "Graduates by class who enrolled in community college and could be linked.",
    "2_balance.csv": "Concentrators and classmates by race/ethnicity.",
    "3_regression.json": "Earnings on concentrating, with grades, year and race/ethnicity held the same.",
    "4_by_race_ethnicity.csv": "Mean earnings by race/ethnicity and concentration.",
    "4_by_race_ethnicity.svg": "Mean earnings three years on: concentrators beside classmates, by race/ethnicity.",
    TOWNS: "Mean earnings by town and concentration, with region margins.",
    "6_by_cluster.csv": "Mean earnings by career cluster.",
}
POPULATION = "Graduates of the four classes who enrolled in community college and could be linked."
KINDS = {
    "1_flow.csv": ["count"],
    "2_balance.csv": ["count"],
    "3_regression.json": ["coefficients_of_a_model"],
}  # all others show mean earnings beside the people behind them
CONTROLS = "Suppressed by the agreement's disclosure rules, tables on earnings together."


def analyse(play: Play) -> None:
    """Day 94: Maya's script runs on the extract."""
    play.day(94, time(9))
    script = folder(play) / "analysis.py"
    script.write_text(_script(folder(play) / "crosswalks" / "town_region.csv"), encoding="utf-8")
    play.do(
        "run the analysis", MAYA, f"/workspaces/{play.number}/", "submit-job", files={"file": script},
        found=lambda: {"job": _newest_job(play)},
    )  # fmt: skip
    job = play.diary.found("run the analysis", "job")

    def ended(found: dict[str, object]) -> bool:
        return found["status"] not in ("queued", "running")

    where = f"/api/workspaces/{play.number}/jobs/{job}"
    play.visitor(MAYA).wait(where, ended, "The analysis", patience=900)
    found = play.visitor(MAYA).json(where)
    if found["status"] != "succeeded":
        play.diary.forget("run the analysis")  # the demo run again sends it again
        raise Stopped(f"The analysis is {found['status']}: {found['outcome']}")


def _newest_job(play: Play) -> int:
    jobs = play.visitor(MAYA).json(f"/api/workspaces/{play.number}")["jobs"]
    return max(jobs) if isinstance(jobs, list) else 0


def _script(crosswalk: Path) -> str:
    """The researcher's script, with the public crosswalk of towns written into it."""
    source = (files("charteroak.demo") / "analysis.py").read_text("utf-8")
    with crosswalk.open(encoding="utf-8", newline="") as rows:
        towns = [(row["town_code"], row["town"], row["region"]) for row in csv.DictReader(rows)]
    return source.replace("REGION_VALUES", ", ".join(str(town) for town in towns))


def request_release(play: Play) -> None:
    """Day 94: seven files are put forward, each with what it shows and how it was protected."""
    play.do(
        "start the release request", MAYA, f"/workspaces/{play.number}/", "request-release",
        found=lambda: {"number": play.visitor(MAYA).newest("/outputs/", f"/outputs/{play.number}-")},
    )  # fmt: skip
    here = f"/outputs/{_release(play)}/"
    job = play.visitor(MAYA).json(
        f"/api/workspaces/{play.number}/jobs/{play.diary.found('run the analysis', 'job')}"
    )
    outputs = (
        {one["name"]: str(one["id"]) for one in job["outputs"]} if isinstance(job["outputs"], list) else {}
    )
    for name, context in CONTEXT.items():
        fields: dict[str, str | list[str]] = {
            "output": outputs[name], "context": context, "population": POPULATION,
            "kinds": KINDS.get(name, ["count", "mean"]), "controls": CONTROLS,
        }  # fmt: skip
        play.do(f"put forward {name}", MAYA, here, "add-file", fields)
    play.do("submit the outputs", MAYA, here, "submit")
    _checked(play)


def _release(play: Play) -> str:
    return str(play.diary.found("start the release request", "number"))


def _checked(play: Play) -> None:
    where = f"/api/outputs/{_release(play)}"
    play.visitor(MAYA).wait(
        where, lambda found: found["status"] == "checked", "Checking the outputs", patience=600
    )


def review(play: Play) -> None:
    """Days 97 and 99: two checkers read; the town table goes back and comes again, protected against employers too."""
    play.day(97)
    failing = _review(play, 1)
    if not failing:
        return
    play.day(99)
    here = f"/outputs/{_release(play)}/"
    for name in failing:
        play.do(f"adopt the protected {name}", MAYA, here, f"adopt-{name}")
    play.do("submit again", MAYA, here, "submit")
    play.once("checked again", lambda: _checked(play))
    if _review(play, 2):
        raise Stopped(f"Outputs still fail their checks; see {here}.")


def _review(play: Play, round_: int) -> list[str]:
    """Both checkers vote on every file; the names of those they send back."""
    here, failing = f"/outputs/{_release(play)}/", []
    for checker in CHECKERS:
        found = play.visitor(checker).json(f"/api/outputs/{_release(play)}")["files"]
        fields = {}
        for file in found if isinstance(found, list) else []:
            wrong = file["verdict"] == "fail"
            fields[f"vote-{file['id']}"] = "change" if wrong else "approve"
            fields[f"comment-{file['id']}"] = "The checks fail: use the protected table." if wrong else ""
            if wrong and file["name"] not in failing:
                failing.append(file["name"])
        play.do(
            f"round {round_}: {checker} reviews",
            checker,
            here,
            "review",
            fields,
            found=lambda: {"back": failing},
        )
    back = play.diary.found(f"round {round_}: {CHECKERS[-1]} reviews", "back")  # adopted files look different
    return [str(name) for name in back] if isinstance(back, list) else []


def clear(play: Play) -> None:
    """Day 101: each contributing agency clears; the thirty-day preview begins."""
    play.day(101)
    for agency, steward in STEWARDS.items():
        play.do(f"{agency} clears the outputs", steward, f"/outputs/{_release(play)}/", f"clear-{agency}")


def release(play: Play) -> None:
    """Days 129 to 136: the board approves the outputs; they are released and on the register."""
    text = f"Approve the publication of outputs {_release(play)}."
    motion = {"kind": "approve_outputs", "about": _release(play), "text": text}
    meeting = meet(play, "board on outputs", 115, 129, motion)
    play.do("close the meeting on outputs", "june.fisher", meeting, "close")
    play.day(133, time(9))
    play.do("approve the outputs", "june.fisher", f"/outputs/{_release(play)}/", "approve")
    where = f"/api/outputs/{_release(play)}"
    play.visitor(MAYA).wait(where, lambda found: found["status"] == "released", "Releasing")
    if b"CTE and earnings" not in play.visitor(MAYA).download(f"/register/{play.number}/"):
        raise Stopped("The public register does not show the release.")
    play.day(136, time(9))
