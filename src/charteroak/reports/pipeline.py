"""Every request by the stage it is in, read from what stands; nobody sets a stage."""

from typing import Any

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, Value, When

from charteroak.adapters import clock
from charteroak.elsewhere.models import Happening
from charteroak.policy import agreement
from charteroak.policy.data_request import Status
from charteroak.policy.elsewhere import Action as Act
from charteroak.policy.pipeline import Stage
from charteroak.requests import changes
from charteroak.requests.models import DataRequest
from charteroak.workspaces.models import Workspace

Q_OF = {
    Stage.WITH_APPLICANT: Q(status__in=(Status.DRAFT, Status.RETURNED)),
    Stage.COMPLETENESS: Q(status=Status.SUBMITTED),
    Stage.AGENCIES: Q(status=Status.IN_REVIEW),
    Stage.BOARD: Q(status__in=(Status.RECOMMENDED, Status.APPEALED)),
    Stage.DECLINED: Q(status=Status.DECLINED),
    Stage.WITHDRAWN: Q(status=Status.WITHDRAWN)
    | Q(agreement__status=agreement.Status.WITHDRAWN)
    | (Q(agreement__isnull=True) & changes.superseded()),  # a later change says all that it does
    Stage.BEFORE: Q(historic_decision_on__isnull=False),
    Stage.DRAFTING: Q(agreement__isnull=True),
    Stage.TEXT: Q(agreement__status=agreement.Status.DRAFTED),
    Stage.SIGNATURE: Q(agreement__status=agreement.Status.IN_SIGNATURE),
    Stage.AMENDED: Q(agreement__amends__isnull=False, agreement__executed_on__isnull=False),
    Stage.CLOSED: Q(agreement__status=agreement.Status.CLOSED),
}


def staged(requests: QuerySet[DataRequest]) -> QuerySet[Any, Any]:
    """The requests with `stage`; the first of the questions above that is answered by yes decides."""
    worked_on = Workspace.objects.filter(agreement__data_request=OuterRef("pk"))
    delivered = Happening.objects.filter(agreement__data_request=OuterRef("pk"), act=Act.DELIVER)
    ended = Q(agreement__status=agreement.Status.TERMINATED) | Q(agreement__ends_on__lt=clock.today())
    whens = [When(asked, then=Value(stage.value)) for stage, asked in Q_OF.items()]
    whens += [
        When(ended, then=Value(Stage.DESTRUCTION.value)),
        When(Exists(worked_on) | Exists(delivered), then=Value(Stage.ANALYSIS.value)),
    ]
    stage = Case(*whens, default=Value(Stage.SHARING.value), output_field=CharField())
    found: QuerySet[Any, Any] = requests.annotate(stage=stage)
    return found


def listed(requests: QuerySet[DataRequest]) -> QuerySet[Any, Any]:
    """The requests with `stage` and with what a list of them shows."""
    return staged(requests).select_related("applicant__employer", "fee")


def counted(requests: QuerySet[DataRequest]) -> list[tuple[Stage, int]]:
    """How many requests are in each stage, in the order of the way."""
    found = dict(staged(requests).order_by().values_list("stage").annotate(n=Count("pk")))
    return [(stage, found.get(stage.value, 0)) for stage in Stage]
