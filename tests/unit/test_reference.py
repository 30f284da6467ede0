"""The generated pages say what the lifecycles say, and a page that does not is named."""

from pathlib import Path

from charteroak.policy import agreement
from charteroak.policy.sentence import words
from charteroak.site import reference

FOLDER = Path(__file__).parents[2] / "docs" / "reference"


def test_the_pages_in_the_repository_are_fresh() -> None:
    assert reference.stale(FOLDER) == [], "type: make docs"


def test_every_step_of_a_lifecycle_is_a_line_of_its_page() -> None:
    page = reference.pages()["agreement.md"]
    for (status, action), step in agreement.LIFECYCLE.table.items():
        before = status.value if status else "[*]"
        assert f"{before} --> {step.to.value}: {words(action)}" in page
        assert f"| {words(status)} | {words(action)} | " in page
    assert "| not begun | draft | counsel, policy office | drafted | request not approved, " in page


def test_an_altered_page_a_missing_page_and_a_left_over_page_are_stale(tmp_path: Path) -> None:
    assert reference.write(tmp_path) == sorted(reference.pages())
    (tmp_path / "roles.md").write_text("everybody may do everything", encoding="utf-8")
    (tmp_path / "job.md").unlink()
    (tmp_path / "old.md").write_text(reference.NOTICE, encoding="utf-8")
    (tmp_path / "by-hand.md").write_text("somebody's own page", encoding="utf-8")
    assert reference.stale(tmp_path) == ["job.md", "old.md", "roles.md"]
    reference.write(tmp_path)
    assert reference.stale(tmp_path) == []
    assert (tmp_path / "by-hand.md").exists()
    assert not (tmp_path / "old.md").exists()
