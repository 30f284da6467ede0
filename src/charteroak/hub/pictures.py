"""The hub's work in numbers, for its pictures: stages in a row, rates as bars, and the tables beside them."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from charteroak.agreements.models import Agreement, DestructionDuty
from charteroak.hub import queries
from charteroak.hub.models import Extract, LinkRun
from charteroak.hub.risk import TOGETHER
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


def percent(share: float | None) -> str:
    return _("too few") if share is None else f"{100 * share:.1f} %"


def standing_out(summary: dict[str, Any]) -> list[list[Any]]:
    """Per table, and for all together: columns, smallest class, shares alone, below the limit and found by
    looking everybody up, and the sensitive columns with the fewest values in a class.
    """
    return [
        [
            _table(name), ", ".join(of["columns"]), of["smallest_class"], percent(of["alone"]),
            percent(of["below"]), percent(of["expected"]),
            ", ".join(f"{column} {least}" for column, least in sorted(of["least_values"].items())) or "–",
        ]
        for name, of in sorted(summary.get("risk", {}).get("tables", {}).items())
    ]  # fmt: skip


@dataclass(frozen=True)
class Driver:
    """A column, and the share of a table's people whose class would be large enough without it."""

    table: str
    column: str
    share: float

    @property
    def length(self) -> int:
        return round(100 * self.share)

    @property
    def percent(self) -> str:
        return percent(self.share)


def drivers(summary: dict[str, Any]) -> list[Driver]:
    """Which columns make people stand out, the worst of each table first."""
    return [
        Driver(_table(name), column, share)
        for name, of in sorted(summary.get("risk", {}).get("tables", {}).items())
        for column, share in of["driven_by"]
    ]


def _table(name: str) -> str:
    return _("all together") if name == TOGETHER else name


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
