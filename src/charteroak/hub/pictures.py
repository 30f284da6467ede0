"""The hub's work in numbers, for its pictures: stages in a row, rates as bars, and the tables beside them."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from charteroak.agreements.models import Agreement, DestructionDuty
from charteroak.hub import queries
from charteroak.hub.models import Extract, LinkRun
from charteroak.policy.delivery import FileKind
from charteroak.policy.link_run import Status


@dataclass(frozen=True)
class Stage:
    name: str
    done: bool


def stages(record: Agreement, run: LinkRun | None, extract: Extract | None) -> list[Stage]:
    """From files to the extract and the identifiers' destruction."""
    reached = run.status if run else None
    linked = {Status.IN_CLERICAL_REVIEW, Status.SETTLED, Status.CONFIRMED}
    duty = record.duties.filter(what=DestructionDuty.What.IDENTIFIERS).first()
    arrived = run is not None or not queries.missing(record, FileKind.MATCHING)
    steps = [
        (_("Files accepted"), arrived),
        (_("Linked"), reached in linked),
        (_("Pairs decided"), reached in linked - {Status.IN_CLERICAL_REVIEW}),
        (_("Confirmed"), reached == Status.CONFIRMED),
        (_("Extract built"), extract is not None and extract.built_at is not None),
        (_("Identifiers gone"), duty is not None and duty.done_at is not None),
    ]
    return [Stage(name, done) for name, done in steps]


@dataclass(frozen=True)
class Bar:
    name: str
    part: int
    whole: int

    @property
    def percent(self) -> float:
        return 100 * self.part / self.whole if self.whole else 0.0

    @property
    def length(self) -> int:
        return round(self.percent)


def rates(report: dict[str, Any]) -> list[Bar]:
    """Per file, the share of its records that were linked to another file's."""
    files = report.get("files", {})
    return [Bar(code, of["linked"], of["records"]) for code, of in sorted(files.items())]


def passes(report: dict[str, Any]) -> list[list[Any]]:
    """Per pass: accepted, to be decided by people, rejected."""
    found = report.get("passes", {})
    return [[name, of["accepted"], of["review"], of["rejected"]] for name, of in found.items()]


def gaps(report: dict[str, Any]) -> list[list[Any]]:
    """Per file: records that no pass can reach, and how many values of each field are missing or unusable."""
    return [
        [
            code,
            of["unlinkable"],
            ", ".join(f"{name} {count:,}" for name, count in sorted(of["unusable"].items())),
        ]
        for code, of in sorted(report.get("files", {}).items())
    ]
