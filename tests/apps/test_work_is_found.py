"""What waits for somebody is found on coming in, however much of others' work began before it."""

from apps import crowd
from apps.way import person
from apps.whole_way import Scene
from charteroak.agreements.models import Agreement
from charteroak.outputs import worklist
from charteroak.outputs.models import Clearance, ReleaseRequest
from conftest import owner_beside

OTHERS = 8  # projects; a worklist asks the rules about six


def test_outputs_to_clear_behind_others_that_wait_for_checkers(at: Scene) -> None:
    with owner_beside():
        crowd.of_projects(OTHERS)
        newest = Agreement.objects.latest("pk").number
        under_way = ReleaseRequest.objects.exclude(status="released")
        Clearance.objects.all().delete()
        under_way.update(status="checked")
        under_way.filter(workspace__agreement__number=newest).update(status="reviewed")
    [item] = worklist.todo(person("ben.cole"))
    assert newest in item.title
    assert item.state == "yours"
