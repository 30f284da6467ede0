"""What import-linter cannot see: foreign keys named by string still point down the house."""

import pytest
from django.apps import apps
from django.db.models import ForeignObject, Model

from test_repository import ROOMS

OURS = [model for model in apps.get_models() if model._meta.app_label in ROOMS]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label_lower)
def test_a_foreign_key_points_to_its_own_room_or_one_below(model: type[Model]) -> None:
    here = ROOMS.index(model._meta.app_label)
    for field in model._meta.get_fields():
        if isinstance(field, ForeignObject) and field.related_model is not None:
            there = field.related_model._meta.app_label
            assert there in ROOMS, f"{field.name} leaves the house"
            assert ROOMS.index(there) <= here, f"{field.name} points up to {there}"


def test_the_log_knows_nobody() -> None:
    for model in OURS:
        if model._meta.app_label == "audit":
            assert not any(isinstance(field, ForeignObject) for field in model._meta.get_fields())
