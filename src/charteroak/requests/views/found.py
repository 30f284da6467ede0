"""The request that an address names, for those who may see it; to others there is none."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from charteroak.agencies.signin import signed_in
from charteroak.requests import queries
from charteroak.requests.models import AgencyReview, DataRequest


def visible(request: HttpRequest, number: str) -> DataRequest:
    return get_object_or_404(
        queries.visible_to(signed_in(request)).select_related("applicant"), number=number
    )


def visible_review(request: HttpRequest, number: str, code: str) -> AgencyReview:
    return get_object_or_404(
        AgencyReview.objects.select_related("agency", "data_request"),
        data_request=visible(request, number),
        agency__code=code,
    )
