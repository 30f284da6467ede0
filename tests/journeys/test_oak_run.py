"""`oak run`, typed far from the site: a script goes in, status and time come out."""

import json
import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from apps import sessions_way, way
from apps.hub_way import DAY, NUMBER
from apps.outputs_way import MAYA
from charteroak.site import tokens
from charteroak.workspaces.models import Job, Workspace

pytestmark = pytest.mark.sandbox
OAK = Path(sys.executable).with_name("oak")


def typed(address: str, token: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """With the enclave's worker at work on whatever waits."""
    environment = {**os.environ, "CHARTEROAK_TOKEN": token, "CHARTEROAK_SITE": address}
    line = [str(OAK), "run", *map(str, arguments)]
    process = subprocess.Popen(
        line, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    while process.poll() is None:
        waiting = Job.objects.filter(status="queued").first()
        if waiting is not None:
            sessions_way.working(waiting.pk)
        time.sleep(0.2)
    said, told = process.communicate()
    return subprocess.CompletedProcess(line, process.returncode, said, told)


def test_a_script_is_tried_on_invented_records_and_run_on_the_real_ones(
    room: Workspace, address: str, tmp_path: Path
) -> None:
    token = tokens.create(
        by=way.person(MAYA),
        label="Mine",
        agency=None,
        last_day=DAY + timedelta(days=9),
        reads_only=False,
        second_factor=True,
    )[1]
    script = tmp_path / "counts.sql"
    script.write_text(
        "SELECT count(*) AS rows FROM sde; COPY (SELECT 1 AS a) TO 'outbox/a.csv';", encoding="utf-8"
    )
    tried = typed(address, token, NUMBER, script, "--dummy")
    assert (tried.returncode, tried.stdout) == (0, "rows\n1000\nCount\n1\n"), tried.stderr
    real = typed(address, token, NUMBER, script, "--json")
    job = json.loads(real.stdout)
    assert (real.returncode, job["status"], job["printed"]) == (0, "succeeded", ""), real.stderr
    assert [line.split(".")[0].split(",")[0] for line in real.stderr.splitlines()][
        -1
    ] == f"Job {job['id']}: succeeded"
    assert {one["name"] for one in job["outputs"]} == {"a.csv", "log.txt"}
    refused = typed(address, token, "999", script)
    assert refused.returncode == 2
    wrong = typed(address, "oak_none", NUMBER, script)
    assert wrong.returncode == 2
    assert "Refused" in wrong.stderr
    plain = typed("http://example.org", token, NUMBER, script)
    assert (plain.returncode, "https://" in plain.stderr) == (2, True), "a token never goes out in the clear"
