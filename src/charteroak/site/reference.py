"""The reference pages: each lifecycle as a diagram and a table, written from the code that decides."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from charteroak import policy
from charteroak.policy.lifecycle import Lifecycle
from charteroak.policy.roles import Role, pairs_apart
from charteroak.policy.sentence import words

NOTICE = "<!-- Written by `oak docs` from src/charteroak/policy; edit there. -->\n"


def pages() -> dict[str, str]:
    """File name → content, of every page."""
    found = {f"{name}.md": _lifecycle(lifecycle, said) for name, lifecycle, said in _lifecycles()}
    return {**found, "roles.md": _roles(), "README.md": _contents(sorted(found))}


def write(folder: Path) -> list[str]:
    """Write what is not there or not the same, remove what is no page any more; returns the names."""
    changed = stale(folder)
    written = pages()
    folder.mkdir(parents=True, exist_ok=True)
    for name in changed:
        if name in written:
            (folder / name).write_text(written[name], encoding="utf-8")
        else:
            (folder / name).unlink()
    return changed


def stale(folder: Path) -> list[str]:
    """The pages that do not say what the code does."""
    written = pages()
    there = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    ours = {name for name, text in there.items() if text.startswith(NOTICE)} | written.keys()
    return sorted(name for name in ours if there.get(name) != written.get(name))


def _lifecycles() -> Iterator[tuple[str, Lifecycle[Any, Any, Any], str]]:
    for module in pkgutil.iter_modules(policy.__path__):
        found = import_module(f"charteroak.policy.{module.name}")
        if isinstance(getattr(found, "LIFECYCLE", None), Lifecycle):
            yield module.name, found.LIFECYCLE, (found.__doc__ or "").strip()


def _lifecycle(lifecycle: Lifecycle[Any, Any, Any], said: str) -> str:
    lines = [NOTICE, f"# {_title(lifecycle.name)}\n", f"{said}\n", "```mermaid", "stateDiagram-v2"]
    begin = next(iter(lifecycle.table))[0]
    if begin is not None:
        lines.append(f"    [*] --> {begin.value}")
    lines += [
        f"    {status.value if status else '[*]'} --> {found.to.value}: {words(action)}"
        for (status, action), found in lifecycle.table.items()
    ]
    lines += ["```\n", "| While it is | may | who | it becomes | unless |", "|---|---|---|---|---|"]
    for (status, action), found in lifecycle.table.items():
        who = ", ".join(sorted(words(role) for role in found.roles))
        rules = ", ".join(rule.__name__.replace("_", " ") for rule in found.rules)
        lines.append(f"| {words(status)} | {words(action)} | {who} | {words(found.to)} | {rules} |")
    return "\n".join([*lines, "\nWhatever has no line here is refused.\n"])


def _roles() -> str:
    lines = [NOTICE, "# Roles\n", ", ".join(words(role) for role in Role) + ".\n"]
    lines += ["## Never one person on one project\n", "| one | other | why |", "|---|---|---|"]
    for pair, why in pairs_apart().items():
        one, other = sorted(words(role) for role in pair)
        lines.append(f"| {one} | {other} | {why} |")
    return "\n".join([*lines, ""])


def _contents(names: list[str]) -> str:
    linked = [f"- [{_title(Path(name).stem)}]({name})" for name in names]
    return "\n".join([NOTICE, "# Who may do what, when\n", *linked, "- [Roles](roles.md)", ""])


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()
