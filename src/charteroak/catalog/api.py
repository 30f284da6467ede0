"""The catalog as JSON; anyone may read it."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from charteroak.catalog import queries

router = Router(tags=["catalog"])


@router.get("/variables", summary="The whole catalog, or the part that fits")
def variables(
    request: HttpRequest,  # noqa: ARG001 - the framework's signature
    q: str = "",
    agency: str = "",
    sensitivity: str = "",
) -> dict[str, Any]:
    found = queries.variables(q=q, agency=agency, sensitivity=sensitivity)
    return {
        "variables": [
            {
                "id": v.pk,
                "agency": v.dataset.agency.code,
                "file": v.dataset.file,
                "name": v.name,
                "title": v.title,
                "definition": v.definition,
                "type": v.type,
                "width": v.width,
                "required": v.required,
                "codes": v.codes,
                "sensitivity": v.sensitivity,
                "law": v.regime,
                "law_verified": v.regime_verified,
                "use": v.use,
                "ceds": v.ceds,
            }
            for v in found
        ]
    }
