"""The files of a release request: put forward, replaced by the airlock's version, taken out again."""

from collections.abc import Iterable
from pathlib import PurePath

from django.db import transaction
from django.utils.translation import gettext as _

from charteroak.agencies.models import Person
from charteroak.audit import actions as audit
from charteroak.outputs.actions import locked, next_round, require
from charteroak.outputs.models import OutputFile, ReleasedFile, ReleaseRequest
from charteroak.outputs.printed import EXTENSIONS, readable
from charteroak.outputs.queries import outputs_to_add
from charteroak.policy.decision import refuse
from charteroak.policy.explained import Kind
from charteroak.policy.release_request import Action
from charteroak.workspaces.models import JobOutput


@transaction.atomic
def add(
    *, pk: int, by: Person, output: int, context: str, population: str, kinds: Iterable[str], controls: str
) -> OutputFile:
    """Put a job's output forward: what it shows, whom it counts, by which kinds of statistic, how it was protected.

    A known name is replaced. What is left empty here must be said before it is sent. ValueError for an unknown kind.
    """
    record = locked(pk)
    require(record, Action.EDIT, by)
    found = _offered(record, output)
    derivation = found.job.outputs.filter(name=f"{PurePath(found.name).stem}.toml").first()
    file, _made = OutputFile.objects.update_or_create(
        release_request=record,
        name=found.name,
        defaults={
            "output": found,
            "derivation": derivation,
            "protected": None,
            "sha256": found.sha256,
            "context": context,
            "population": population,
            "kinds": sorted({Kind(one).value for one in kinds}),
            "controls": controls,
            "round": next_round(record),
            "verdict": "",
            "summary": "",
            "statistics": [],
            "fewest": None,
        },
    )
    _record_file("outputs:file:add", by, record, file)
    return file


def _offered(record: ReleaseRequest, output: int) -> JobOutput:
    """What may be put forward of what the project's jobs left. Raises Refused."""
    found = outputs_to_add(record).filter(pk=output).first()
    if found is None:
        refuse("no_such_output", _("No ended job of this project left that file.")).require()
        raise AssertionError  # require() has raised
    if not readable(found.name):
        refuse(
            "unreadable_kind",
            _("A checker cannot read this kind of file."),
            _("Use %s.") % ", ".join(EXTENSIONS),
        ).require()
    if ReleasedFile.objects.filter(
        release__release_request__workspace=record.workspace, sha256=found.sha256
    ).exists():
        refuse("released_already", _("This file has been released.")).require()
    return found


@transaction.atomic
def adopt(*, pk: int, by: Person, file: int) -> None:
    """Put the airlock's own version of a table in place of one that shows too much."""
    record = locked(pk)
    require(record, Action.EDIT, by)
    found = record.files.select_related("protected").get(pk=file)
    if found.protected is None:
        refuse("nothing_to_adopt", _("The airlock has no other version of this file.")).require()
        return
    found.output, found.sha256, found.protected = found.protected, found.protected.sha256, None
    found.round, found.verdict, found.summary = next_round(record), "", ""
    found.statistics, found.fewest = [], None
    found.save()
    _record_file("outputs:file:adopt", by, record, found)


@transaction.atomic
def take_out(*, pk: int, by: Person, file: int) -> None:
    """Take out a file that was put forward by mistake; one that was voted on stays as it was judged."""
    record = locked(pk)
    require(record, Action.EDIT, by)
    found = record.files.get(pk=file)
    if found.votes.exists():
        refuse(
            "voted_on",
            _("Checkers have voted on this file."),
            _("Put another version forward, or withdraw the request and begin a new one."),
        ).require()
    OutputFile.objects.filter(pk=found.pk).delete()
    _record_file("outputs:file:take_out", by, record, found)


def _record_file(name: str, by: Person, record: ReleaseRequest, file: OutputFile) -> None:
    audit.record(
        name,
        by=by,
        subject=record,
        number=record.number,
        sha256=file.sha256,
        kinds=file.kinds,
        job=audit.subject_of(file.output.job),
        derivation=file.derivation.sha256 if file.derivation else None,
    )
