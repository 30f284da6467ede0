"""What the board has said of outputs since every agency cleared this round of them."""

from dataclasses import dataclass

from charteroak.board.models import Motion
from charteroak.outputs import classes
from charteroak.outputs.models import ReleaseRequest
from charteroak.policy import motion


@dataclass(frozen=True)
class Vote:
    """The board's last word; neither where it has not decided."""

    carried: bool = False
    lost: bool = False


def voted(record: ReleaseRequest) -> Vote:
    """The last motion on these outputs that was declared after the last agency had cleared this round of them."""
    cleared = classes.cleared_at(record)
    if cleared is None:
        return Vote()
    decided = Motion.objects.filter(
        kind=Motion.Kind.APPROVE_OUTPUTS,
        data_request=record.workspace.agreement.data_request_id,
        about=record.number,
        status__in=(motion.Status.CARRIED, motion.Status.LOST),
        declared_at__gte=cleared,
    )
    status = decided.order_by("-declared_at").values_list("status", flat=True).first()
    return Vote(carried=status == motion.Status.CARRIED, lost=status == motion.Status.LOST)
