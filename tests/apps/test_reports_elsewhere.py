"""Governing only: what the reports say of files that went beside the platform."""

from decimal import Decimal

import pytest

from apps import way
from apps.test_elsewhere import HASH, NUMBER, agreement, confirmed, governing, signed
from charteroak.adapters import clock
from charteroak.agreements.queries import contributors
from charteroak.elsewhere import actions
from charteroak.policy.period import Period
from charteroak.policy.pipeline import Stage
from charteroak.reports import figures, pipeline
from charteroak.requests.models import DataRequest

__all__ = ["governing", "signed"]
pytestmark = pytest.mark.usefixtures("signed", "rolled_back", "governing")


def told() -> dict[str, int | float | Decimal]:
    return {str(one.what): one.value for one in figures.figures(Period(clock.today().year))}


def stages() -> dict[Stage, int]:
    return dict(pipeline.counted(DataRequest.objects.filter(number=NUMBER)))


def delivered() -> None:
    actions.deliver(
        number=NUMBER,
        by=way.person("noor.haddad"),
        file_name="extract",
        sha256=HASH,
        on=clock.today(),
        way="SFTP",
    )


def test_figures_count_what_went_beside_the_platform() -> None:
    senders = contributors(agreement())
    assert told()["Files sent beside the platform"] == 0
    confirmed()
    delivered()
    said = told()
    assert said["Files sent beside the platform"] == len(senders)
    assert said["Matches made beside the platform"] == 1
    assert said["Confirmations of such matches by agencies"] == len(senders)
    assert said["Matched files delivered beside the platform"] == 1
    assert "Files accepted" not in said
    year = {one.agency.code: one.files for one in figures.by_agency(Period(clock.today().year))}
    assert {code: files for code, files in year.items() if files} == dict.fromkeys(senders, 1)
    assert not any(one.files for one in figures.by_agency(Period(clock.today().year - 1)))


def test_figures_leave_out_the_other_way_only_while_nothing_went_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHARTEROAK_GOVERNANCE_ONLY")
    assert told()["Files accepted"] == 0
    assert "Files sent beside the platform" not in told()
    monkeypatch.setenv("CHARTEROAK_GOVERNANCE_ONLY", "1")
    confirmed()
    monkeypatch.delenv("CHARTEROAK_GOVERNANCE_ONLY")
    assert told()["Files sent beside the platform"] == len(contributors(agreement()))


def test_a_project_is_in_analysis_once_its_matched_file_was_delivered() -> None:
    confirmed()
    assert stages()[Stage.SHARING] == 1
    delivered()
    assert (stages()[Stage.SHARING], stages()[Stage.ANALYSIS]) == (0, 1)
