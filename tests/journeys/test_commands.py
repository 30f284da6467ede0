"""The commands that outsiders build on, typed beside a finished request: what they print, how they end."""

import hashlib
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from charteroak.adapters.age import generate_identity, recipient_fingerprint
from charteroak.demo.run import STAGES, password
from charteroak.demo.visitor import Visitor
from journeys.finished import OAK, Finished, finished_demo

pytestmark = pytest.mark.sandbox

FILE = "1_flow.csv"
Lines = list[str]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Finished]:
    with finished_demo(tmp_path_factory.mktemp("finished")) as demo:
        yield demo


@pytest.fixture(scope="module")
def key(done: Finished) -> Path:
    return done.fetch("/register/log.vkey", done.home / "log.vkey")


@pytest.fixture(scope="module")
def log(done: Finished) -> Path:
    exported = done.home / "log.jsonl"
    ended = done.oak("audit", "export", exported)
    assert (ended.returncode, ended.stdout) == (0, ""), ended.stderr
    return exported


@pytest.fixture(scope="module")
def release(done: Finished) -> str:
    return str(json.loads(done.said)["release"])


def test_the_demo_sums_up_in_json_alone(done: Finished) -> None:
    summary = json.loads(done.said)
    assert summary.keys() == {"stages", "data_request", "agreement", "release", "events"}
    assert [stage["name"] for stage in summary["stages"]] == list(STAGES)
    assert all(stage.keys() == {"name", "seconds", "ids"} for stage in summary["stages"])
    assert (summary["data_request"], summary["agreement"], summary["release"]) == ("042", "042", "042-1")
    assert summary["events"] > 100
    for name in STAGES:
        assert f"{name} …" in done.progress


def test_the_demo_run_again_is_the_same_request(done: Finished) -> None:
    written = done.home / "again.json"
    ended = done.oak("demo", "--no-serve", "--json", written)
    assert (ended.returncode, ended.stdout) == (0, ""), ended.stderr
    assert json.loads(written.read_text())["stages"] == json.loads(done.said)["stages"]
    assert " s\n" not in ended.stderr, "a stage was done twice"


def test_a_trace_leads_from_the_release_to_the_law(done: Finished, release: str) -> None:
    ended = done.oak("trace", release, "--json")
    assert ended.returncode == 0, ended.stderr
    links = json.loads(ended.stdout)["links"]
    assert all(link.keys() == {"kind", "id", "at", "by", "hash", "authorises"} for link in links)
    kinds = [link["kind"] for link in links]
    assert (kinds[0], kinds[-1]) == ("released_file", "administration")
    assert {"review", "job", "extract", "link_run", "submission", "clause", "signature", "board_vote"} < set(
        kinds
    )


def test_a_release_nobody_made_has_no_trace(done: Finished) -> None:
    ended = done.oak("trace", "042-9", "--json")
    assert ended.returncode == 1
    chain = json.loads(ended.stdout)
    assert (chain["whole"], chain["links"]) == (False, [])
    assert chain["missing"]
    assert "042-9" in chain["missing"][0]
    assert chain["missing"][0] in ended.stderr


def test_the_log_is_whole_and_signed(done: Finished, log: Path, key: Path) -> None:
    ended = done.oak("audit", "verify", log, "--key", key, "--json")
    assert ended.returncode == 0, ended.stdout
    verdict = json.loads(ended.stdout)
    assert verdict["whole"] is True
    assert verdict["finding"] is None
    assert verdict["events"] == len(log.read_text(encoding="utf-8").splitlines()) - 1


def test_the_log_goes_to_standard_output_for_a_dash(done: Finished, tmp_path: Path) -> None:
    ended = done.oak("audit", "export", "-")
    piped = tmp_path / "piped.jsonl"
    piped.write_text(ended.stdout, encoding="utf-8")
    assert done.oak("audit", "verify", piped).returncode == 0, ended.stderr
    assert not Path("-").exists()


def test_without_a_key_the_log_is_only_consistent_with_itself(done: Finished, log: Path) -> None:
    ended = done.oak("audit", "verify", log)
    assert ended.returncode == 0
    assert "self-consistent only" in ended.stdout


def altered(lines: Lines) -> Lines:
    return [*lines[:40], lines[40].replace('\\"by\\":\\"', '\\"by\\":\\"x'), *lines[41:]]


def dropped(lines: Lines) -> Lines:
    return lines[:40] + lines[41:]


def reordered(lines: Lines) -> Lines:
    return [*lines[:40], lines[41], lines[40], *lines[42:]]


def tail_cut(lines: Lines) -> Lines:
    return [*lines[:40], lines[-1]]


@pytest.mark.parametrize("damage", [altered, dropped, reordered, tail_cut])
def test_a_damaged_log_names_its_first_bad_event(
    done: Finished, log: Path, key: Path, tmp_path: Path, damage: Callable[[Lines], Lines]
) -> None:
    lines = log.read_text(encoding="utf-8").splitlines()
    harmed = tmp_path / "harmed.jsonl"
    harmed.write_text("\n".join(damage(lines)) + "\n", encoding="utf-8")
    assert harmed.read_bytes() != log.read_bytes()
    ended = done.oak("audit", "verify", harmed, "--key", key, "--json")
    assert ended.returncode == 1
    finding = json.loads(ended.stdout)["finding"]
    assert (finding["kind"], finding["index"]) == (damage.__name__.replace("_", " "), 40)


def checkpoint(log: Path, into: Path) -> Path:
    into.write_text(
        json.loads(log.read_text(encoding="utf-8").splitlines()[-1])["checkpoint"], encoding="utf-8"
    )
    return into


def test_a_log_keeps_to_the_checkpoint_of_another_day(
    done: Finished, log: Path, key: Path, tmp_path: Path
) -> None:
    eve = Visitor(done.site, "eve.lang", password(done.home))
    eve.submit(eve.open("/agencies/people/me/"), "complete-training")
    later = tmp_path / "later.jsonl"
    assert done.oak("audit", "export", later).returncode == 0
    earlier = checkpoint(log, tmp_path / "earlier")
    grown = done.oak("audit", "verify", later, "--key", key, "--checkpoint", earlier)
    assert grown.returncode == 0, grown.stdout
    newest = checkpoint(later, tmp_path / "newest")
    shrunk = done.oak("audit", "verify", log, "--key", key, "--checkpoint", newest, "--json")
    assert shrunk.returncode == 1
    assert json.loads(shrunk.stdout)["finding"]["kind"] == "tail cut"


@pytest.fixture(scope="module")
def released(done: Finished, release: str) -> tuple[Path, Path]:
    """A file and its receipt, as a reader downloads them from the register."""
    at = f"/register/042/{release}/{FILE}"
    return done.fetch(at, done.home / FILE), done.fetch(f"{at}.receipt.json", done.home / "receipt.json")


def test_a_released_file_is_proved_by_its_receipt(
    done: Finished, release: str, released: tuple[Path, Path], key: Path
) -> None:
    with_key = done.oak("receipt", "verify", *released, "--key", key)
    assert with_key.returncode == 0, with_key.stderr
    assert "signed by" in with_key.stdout
    assert f"Released in {release} on " in with_key.stdout
    assert hashlib.sha256(released[0].read_bytes()).hexdigest() in with_key.stdout
    without = done.oak("receipt", "verify", *released)
    assert without.returncode == 0
    assert "self-consistent only" in without.stdout


def test_one_changed_byte_is_refused(
    done: Finished, released: tuple[Path, Path], key: Path, tmp_path: Path
) -> None:
    file, receipt = released
    tampered = tmp_path / FILE
    tampered.write_bytes(file.read_bytes() + b"\n")
    ended = done.oak("receipt", "verify", tampered, receipt, "--key", key)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "not among those released" in ended.stderr


@pytest.mark.parametrize(
    ("limits", "command", "status", "printed"),
    [
        ([], ["cat", "/enclave/data/here.txt"], 0, "from outside\n"),
        ([], ["python3", "-c", "print(open('/enclave/data/here.txt').read(), end=''); raise SystemExit(7)"], 7,
         "from outside\n"),
        (["--seconds", "1"], ["sleep", "60"], 124, ""),
        (["--memory", "64M"], ["python3", "-c", "bytearray(500_000_000)"], 137, ""),
    ],
)  # fmt: skip
def test_the_sandbox_gives_back_output_and_status(
    done: Finished, tmp_path: Path, limits: Lines, command: Lines, status: int, printed: str
) -> None:
    (tmp_path / "here.txt").write_text("from outside\n")
    ended = done.oak("sandbox", "exec", "--data", tmp_path, *limits, "--", *command)
    assert (ended.returncode, ended.stdout) == (status, printed), ended.stderr


def test_the_sandbox_leaves_what_was_written_in_the_work_folder(done: Finished, tmp_path: Path) -> None:
    ended = done.oak("sandbox", "exec", "--work", tmp_path, "--", "sh", "-c", "pwd > made.txt")
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "made.txt").read_text() == "/enclave/work\n"


def test_the_sandbox_has_both_folders_and_a_home_without_being_given_any(done: Finished) -> None:
    look = (
        "pwd; echo $HOME; ls -A /enclave/data .; touch made && ls; touch /enclave/data/x 2>&- || echo sealed"
    )
    ended = done.oak("sandbox", "exec", "--", "sh", "-c", look)
    assert ended.returncode == 0, ended.stderr
    home = "/enclave/work"
    assert ended.stdout == f"{home}\n{home}\n.:\n\n/enclave/data:\nmade\nsealed\n"


def test_a_released_file_is_offered_to_its_authors_as_what_it_is(done: Finished, release: str) -> None:
    at = f"/register/042/{release}/{FILE}"
    answer = httpx.get(done.site + at)
    kept = {name: answer.headers[name] for name in ("content-type", "x-content-type-options")}
    assert kept == {"content-type": "text/csv; charset=utf-8", "x-content-type-options": "nosniff"}
    assert answer.headers["content-disposition"] == f'attachment; filename="{FILE}"'
    maya = Visitor(done.site, "maya.ortiz", password(done.home))
    assert at in maya.open(f"/outputs/{release}/").links("/register/")


def test_the_exported_log_is_streamed(done: Finished) -> None:
    pat = Visitor(done.site, "pat.lee", password(done.home))
    assert pat.download("/audit/export/").startswith(b'{"index":0,')
    log = (done.home / "run" / "logs" / "web.log").read_text(encoding="utf-8")
    assert "must consume synchronous iterators" not in log


def test_a_file_is_encrypted_for_the_hub(done: Finished, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("to whom it may concern")
    recipient = generate_identity(tmp_path / "hub.age")
    ended = done.oak("encrypt", letter, "--recipient", recipient, "--json")
    assert ended.returncode == 0, ended.stderr
    said = json.loads(ended.stdout)
    assert (said["output"], said["fingerprint"]) == (f"{letter}.age", recipient_fingerprint(recipient))
    assert Path(said["output"]).read_bytes().startswith(b"age-encryption.org/v1\n")


def test_a_file_comes_back_from_the_vault(done: Finished, tmp_path: Path) -> None:
    letter, back = tmp_path / "letter.txt", tmp_path / "back.txt"
    letter.write_text("to whom it may concern")
    put = done.oak("vault", "put", letter, "--json")
    assert put.returncode == 0, put.stderr
    got = done.oak("vault", "get", json.loads(put.stdout)["id"], "-o", back)
    assert (got.returncode, got.stdout) == (0, ""), got.stderr
    assert back.read_bytes() == letter.read_bytes()


def test_a_home_without_tables_says_what_to_type(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()  # cut off while it was made
    home = {"CHARTEROAK_HOME": str(tmp_path), "CHARTEROAK_MODE": "demo"}
    ended = subprocess.run(
        [*OAK, "trace", "042-1", "--json"], env=os.environ | home, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "The database has no tables yet. Type: oak migrate\n"
