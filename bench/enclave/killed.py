"""A release killed with -9 at each of its steps, first to last: whether other bytes ever lie in the open."""

import secrets
from typing import Any

from bench import Aimed, Row

ATTEMPTS = 200
FILES, SIZE = 3, 4 << 20  # bytes of each file: several pieces of the vault's


def measure(room: Any) -> list[Row]:
    import conftest
    from faults import killed
    from faults.killed import out, releasing, steps_to_try

    record, allowed = approved(conftest, room)
    unapproved = finished = cut = 0
    with releasing(record.pk) as run:
        status, steps = run.attempt()
        assert status == 0
        assert out() == allowed
        for step in steps_to_try(steps, ATTEMPTS):
            run.approved_anew()
            cut += run.attempt(step)[0] == -9
            lying = out().items()
            unapproved += not lying <= allowed.items()
            killed_and_released = run.attempt()[0] == 0 and out() == allowed
            finished += killed_and_released and killed.released_once(record.pk)
    return [
        ("steps of a release of three files: calls and returns", steps, "steps"),
        ("release killed with -9, at steps spread from the first to the last", cut, "kills"),
        Aimed("of them, with unapproved bytes in the open", unapproved, "kills", "0"),
        Aimed("of them, finished by the next attempt: each approved byte, released once", finished, "kills",
              f"{ATTEMPTS}"),
    ]  # fmt: skip


def approved(conftest: Any, room: Any) -> tuple[Any, dict[str, str]]:
    """A release request that the board approved, beside a file that nobody did; the approved objects by name."""
    from apps import outputs_way

    contents = {f"table_{n}.csv": secrets.token_hex(SIZE // 2).encode() for n in range(FILES)}
    outputs_way.left(room, {"never.csv": b"not approved\n"})
    record = outputs_way.requested(outputs_way.left(room, contents), list(contents))
    outputs_way.judged(conftest.connection_as, record)
    outputs_way.approved(outputs_way.cleared(outputs_way.reviewed(record)))
    hashes = record.files.values_list("sha256", flat=True)
    return record, {one: one for one in hashes}
