"""Days 0 to 31: from enquiry to the board's decision."""

from datetime import datetime, time, timedelta
from pathlib import Path

from charteroak.adapters import clock
from charteroak.demo.page import Stopped
from charteroak.demo.play import Play

MAYA, SAM = "maya.ortiz", "sam.reyes"
STEWARDS = {"SDE": "ben.cole", "CSC": "priya.nair", "DOL": "lou.grant"}
MEMBERS = ("grace.stone", "omar.haines", "ruth.vega", "carl.winter", "june.fisher", "tom.avery")
DENIED = {
    "frpl": "Eligibility for school meals may not be used for this purpose (school-meals law).",
    "pell": "Student aid records may not be used for this purpose (HEA 483).",
}
PURPOSES = {
    "linking": "Needed only to link the records of one person; never seen by the researchers.",
    "evidence": "Needed only by the airlock, to see that no employer stands out.",
}
ASKED_FOR = {
    "grad_year": "Defines the four graduating classes and the outcome year.",
    "town_code": "Earnings are compared by town and region.",
    "cte_concentrator": "The exposure: at least two courses in one program.",
    "cte_cluster": "Premiums differ by career cluster.",
    "cte_courses": "Describes how far concentrators went.",
    "race_eth": "Gaps by race and ethnicity are part of the question.",
    "el": "Balance between the groups compared.",
    "swd": "Balance between the groups compared.",
    "gpa": "Achievement before graduation is held the same in the model.",
    "math_score": "Achievement before graduation is held the same in the model.",
    "attendance_pct": "Engagement before graduation is held the same in the model.",
    "frpl": "Family income before graduation.",
    "first_term": "Defines enrolment within twelve months.",
    "campus": "Describes where graduates enrolled.",
    "program_cip": "Describes what they study.",
    "full_time": "Earnings depend on how much one studies.",
    "credits_attempted": "Progress in college.",
    "credits_earned": "Progress in college.",
    "dev_math": "Preparation at entry.",
    "award_type": "Earnings depend on a completed credential.",
    "award_date": "When the credential was completed.",
    "pell": "Family income in college.",
    "year_quarter": "Places earnings in the outcome year.",
    "total_wage": "The outcome.",
    "top_payer_naics4": "Describes the industries in which graduates work.",
}
PARTS = {
    "question": "Among public high-school graduates of 2019 to 2022 who entered community college within twelve "
    "months, do CTE concentrators earn more three years after graduation than classmates, by town and "
    "race/ethnicity?",
    "purpose": "Evaluation of career and technical education under Perkins V.",
    "public_benefit": "Shows towns and legislators where concentrating pays and for whom it does not.",
    "need": "Public tables do not follow a person from school to work.",
    "learning_agenda": "Which programs lead to good jobs.",
    "analysis_plan": "Regression with the covariates asked for; tables by town and cluster.",
    "schedule": "Tables after six months, a brief after nine.",
    "months": "10",
    "funding": "The Office of Workforce Strategy’s own means.",
    "legal_exception": "FERPA audit or evaluation, 34 CFR 99.31(a)(3) and 99.35",
    "first_year": "2019",
    "last_year": "2026",
    "outputs_planned": "Flow counts, balance table, regression, earnings by race/ethnicity, town and cluster, a chart.",
    "publication_plan": "A two-page brief and the tables, on the public register.",
}


def enquire(play: Play) -> None:
    """Day 0: Maya begins, fills in the form, and the fit check finds a column without a purpose."""
    play.day(0)
    play.do(
        "begin", MAYA, "/requests/new/", "start", {"title": "CTE and earnings"},
        found=lambda: {"number": play.visitor(MAYA).newest("/requests/", "/requests/")},
    )  # fmt: skip
    here = f"/requests/{play.number}/"
    ends_on = (play.day_zero + timedelta(days=326)).isoformat()
    play.do("describe", MAYA, here, "edit", {**PARTS, "title": "CTE and earnings", "ends_on": ends_on})
    for colleague in ("jonah.reed", "lena.park"):
        play.do(f"name {colleague}", MAYA, here, "add-member", {"person": colleague})
    _ask_columns(play, "columns, one without a purpose", without="gpa")
    play.once("fit check", lambda: _fit_check(play, here))
    _ask_columns(play, "columns")


def _fit_check(play: Play, here: str) -> None:
    if "purpose missing" not in play.visitor(MAYA).open(here):
        raise Stopped("The fit check did not notice that gpa has no purpose.")


def _ask_columns(play: Play, step: str, without: str = "") -> None:
    """Tick every variable of the three agencies and say what it is for."""
    if play.diary.done(step):
        return
    variables = play.visitor(MAYA).json("/api/catalog/variables")["variables"]
    fields = {}
    for variable in variables if isinstance(variables, list) else []:
        name, key = variable["name"], variable["id"]
        purpose = ASKED_FOR.get(name) or PURPOSES.get(variable["use"])
        if purpose is None:
            continue
        fields[f"column-{key}"] = "on"
        fields[f"purpose-{key}"] = "" if name == without else purpose
    play.do(step, MAYA, f"/requests/{play.number}/columns/", "columns", fields)


def submit(play: Play) -> None:
    """Days 6 and 9: sent in, found complete by the policy office."""
    here = f"/requests/{play.number}/"
    play.day(6)
    play.do("accept terms", MAYA, here, "accept-terms")
    play.do("submit", MAYA, here, "submit")
    play.day(9)
    play.do("triage", SAM, here, "accept-as-complete")


def decide(play: Play) -> None:
    """Days 17 to 23: each agency answers for its own columns; DOL asks first; two columns are denied."""
    here = f"/requests/{play.number}/"
    play.day(17)
    _steward(play, "SDE")
    play.day(20)
    play.do("ask", STEWARDS["DOL"], here, "ask-DOL", {"text": "Who will see wages person by person?"})
    play.day(21)
    _steward(play, "CSC")
    play.day(22)
    answer = "The three of us, all employees of the Office of Workforce Strategy, in the enclave only."
    play.do("answer", MAYA, here, "answer-DOL", {"text": answer})
    play.day(23)
    _steward(play, "DOL", "Unit-level wages are seen by state employees only; no employer may stand out.")


def _steward(play: Play, agency: str, conditions: str = "") -> None:
    step, who, here = f"decide {agency}", STEWARDS[agency], f"/requests/{play.number}/"
    if play.diary.done(step):
        return
    columns = play.visitor(who).json(f"/api/requests/{play.number}")["columns"]
    fields = {"conditions": conditions}
    for column in columns if isinstance(columns, list) else []:
        if column["agency"] == agency:
            reason = DENIED.get(column["variable"], "")
            fields[f"choice-{column['id']}"] = "deny" if reason else "allow"
            fields[f"reason-{column['id']}"] = reason
    play.do(step, who, here, f"decide-{agency}", fields)


def board(play: Play) -> None:
    """Days 23 and 31: a noticed meeting, a quorum, one recusal, the three concerned members approve."""
    text = f"Approve data request {play.number}, CTE and earnings."
    meeting = meet(play, "board", 23, 31, {"kind": "approve_request", "text": text})
    play.do(
        "follow up", "june.fisher", meeting, "add-follow-up",
        {
            "text": "Explain to residents how wages are protected.",
            "reported_to": "Resident Advisory Board",
            "due_on": (play.day_zero + timedelta(days=60)).isoformat(),
        },
    )  # fmt: skip
    play.do("close the meeting", "june.fisher", meeting, "close")
    play.do("report the follow-up", SAM, meeting, "report-follow-up")


def meet(play: Play, name: str, noticed: int, held: int, motion: dict[str, str]) -> str:
    """Plan, notice and hold a meeting with one motion until it is declared; the meeting's page."""
    play.day(noticed, time(14))
    starts = datetime.combine(play.day_zero + timedelta(days=held), time(8, 30), clock.STATE_TIME)
    when = {
        "starts_at": f"{starts:%Y-%m-%d %H:%M}",
        "place": "Legislative Office Building, room 2B, and online",
    }
    play.do(
        f"plan {name}", SAM, "/board/", "plan", when,
        found=lambda: {"id": play.visitor(SAM).newest("/board/", "/board/meetings/")},
    )  # fmt: skip
    meeting = f"/board/meetings/{play.diary.found(f'plan {name}', 'id')}/"
    play.do(f"agenda of {name}", SAM, meeting, "add-motion", {"data_request": play.number, **motion})
    play.do(f"notice of {name}", SAM, meeting, "notice")
    play.day(held, time(8, 31))
    for member in MEMBERS:
        play.do(f"{name}: {member} attends", member, meeting, "attend")
    play.do(f"open {name}", "june.fisher", meeting, "open")
    play.once(f"motion of {name}", lambda: {"id": _motion(play, meeting)})
    motion_id = play.diary.found(f"motion of {name}", "id")
    choices = dict.fromkeys(("grace.stone", "omar.haines", "ruth.vega"), "approve") | {
        "carl.winter": "recuse"
    }
    for member in MEMBERS:
        vote = {"choice": choices.get(member, "note")}
        play.do(f"{name}: {member} votes", member, meeting, f"vote-{motion_id}", vote)
    play.do(f"declare {name}", "june.fisher", meeting, f"declare-{motion_id}")
    return meeting


def _motion(play: Play, meeting: str) -> str:
    """The number of the meeting's motion, as its page has it."""
    found = play.visitor("june.fisher").open(meeting).form_ids("action-vote-")
    if not found:
        raise Stopped("The meeting shows no motion to vote on.")
    return found[0].rsplit("-", 1)[-1]


def folder(play: Play) -> Path:
    """Where the demo keeps the agencies' own files; the platform never reads there."""
    return play.home / "demo" / play.number
