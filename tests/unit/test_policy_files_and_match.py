"""The clocks between the signature and the cleared extract: each agency's files, linking, confirming, the review."""

from dataclasses import replace
from datetime import date

from charteroak.adapters.calendar import closed_days
from charteroak.policy.clocks import Party, Run, Stage, State
from charteroak.policy.files_and_match import Files, Match, runs_to_the_extract

CLOSED = closed_days()
SIGNED = date(2026, 10, 30)
SDE, CSC, DOL = Files("SDE", SIGNED), Files("CSC", SIGNED), Files("DOL", None)
NEW = Match((CSC, DOL, SDE))
SENT = (
    replace(CSC, matching_on=date(2026, 11, 2), all_on=date(2026, 11, 4)),
    replace(DOL, asked_on=date(2026, 11, 5), numbers_on=date(2026, 11, 2), matching_on=date(2026, 11, 9),
            all_on=date(2026, 11, 10)),
    replace(SDE, matching_on=date(2026, 11, 3), all_on=date(2026, 11, 3)),
)  # fmt: skip
SETTLED = Match(SENT, settled_on=date(2026, 11, 12))


def running(match: Match) -> set[tuple[Stage, str]]:
    return {(one.stage, one.whose) for one in runs_to_the_extract(match) if one.ended_on is None}


def of(match: Match, stage: Stage, whose: str = "") -> Run:
    return next(one for one in runs_to_the_extract(match) if (one.stage, one.whose) == (stage, whose))


def test_each_agency_has_a_clock_of_its_own_from_the_signature() -> None:
    assert running(NEW) == {(Stage.FILES, "SDE"), (Stage.FILES, "CSC")}
    run = of(NEW, Stage.FILES, "SDE")
    assert (run.party, run.began_on, run.due(SIGNED, CLOSED)) == (Party.AGENCY, SIGNED, date(2026, 11, 23))
    assert run.state(date(2026, 11, 24), CLOSED) is State.OVERDUE


def test_who_answers_a_finder_list_waits_for_the_hub_until_it_is_made() -> None:
    waits = replace(DOL, numbers_on=date(2026, 11, 2))
    match = Match((replace(CSC, matching_on=date(2026, 11, 2)), waits))
    assert running(match) == {(Stage.FILES, "CSC"), (Stage.FINDER_LIST, "DOL")}
    hub = of(match, Stage.FINDER_LIST, "DOL")
    assert (hub.party, hub.due(SIGNED, CLOSED)) == (Party.HUB, date(2026, 11, 9))
    made = replace(waits, asked_on=date(2026, 11, 5))
    assert (Stage.FILES, "DOL") in running(replace(match, files=(CSC, made)))


def test_the_hub_links_once_every_matching_file_is_there() -> None:
    short = Match((SENT[0], SENT[1], SDE))
    assert (Stage.LINKING, "") not in running(short)
    run = of(Match(SENT), Stage.LINKING)
    assert (run.party, run.began_on, run.ended_on) == (Party.HUB, date(2026, 11, 9), None)
    assert of(SETTLED, Stage.LINKING).ended_on == date(2026, 11, 12)


def test_each_agency_confirms_from_the_day_on_which_it_can() -> None:
    assert running(SETTLED) == {(Stage.CONFIRMATION, one) for one in ("SDE", "CSC", "DOL")}
    late = Match(
        (SENT[0], replace(SENT[1], all_on=date(2026, 11, 20)), SENT[2]), settled_on=date(2026, 11, 12)
    )
    assert of(late, Stage.CONFIRMATION, "SDE").began_on == date(2026, 11, 20)
    unsent = Match((SENT[0], replace(SENT[1], all_on=None), SENT[2]), settled_on=date(2026, 11, 12))
    assert running(unsent) == {(Stage.FILES, "DOL")}, "nobody can confirm before DOL has sent its facts"
    one_did = replace(SETTLED, confirmed_on=(("SDE", date(2026, 11, 13)),))
    assert running(one_did) == {(Stage.CONFIRMATION, "CSC"), (Stage.CONFIRMATION, "DOL")}


def test_the_policy_office_reviews_what_was_built() -> None:
    confirmed = tuple((code, date(2026, 11, 16)) for code in ("CSC", "DOL", "SDE"))
    built = replace(SETTLED, confirmed_on=confirmed, complete=True, built_on=date(2026, 11, 16))
    assert running(built) == {(Stage.ACCESS, "")}
    assert of(built, Stage.ACCESS).party is Party.POLICY_OFFICE
    assert running(replace(built, cleared_on=date(2026, 11, 18))) == set()


def test_an_agency_that_joins_after_the_match_sends_but_is_not_waited_for() -> None:
    confirmed = tuple((code, date(2026, 11, 16)) for code in ("CSC", "DOL", "SDE"))
    done = replace(SETTLED, confirmed_on=confirmed, complete=True, cleared_on=date(2026, 11, 18))
    joined = replace(done, files=(*SENT, Files("OHE", date(2026, 12, 1))))
    assert running(joined) == {(Stage.FILES, "OHE")}
    assert of(joined, Stage.LINKING).began_on == date(2026, 11, 9)


def test_nothing_is_awaited_once_the_agreement_is_over() -> None:
    over = replace(NEW, over_on=date(2026, 11, 20))
    assert running(over) == set()
    assert of(over, Stage.FILES, "SDE").ended_on == date(2026, 11, 20)
    assert runs_to_the_extract(Match((Files("SDE", date(2026, 11, 20)),), over_on=date(2026, 11, 20))) == []
