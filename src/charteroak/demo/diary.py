"""What the demo has done, so that a run that was cut off goes on where it stopped and does nothing twice."""

import json
from pathlib import Path

JSON = dict[str, object]


class Diary:
    """Steps begun and done, with what they found out, in one file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._kept: dict[str, JSON] = json.loads(file.read_text("utf-8")) if file.exists() else {}

    def done(self, step: str) -> bool:
        return self._kept.get(step, {}).get("state") == "done"

    def in_doubt(self, step: str) -> bool:
        """Begun and never noted as done: it may or may not have reached the site."""
        return self._kept.get(step, {}).get("state") == "begun"

    def begin(self, step: str, **known: object) -> None:
        self._note(step, {"state": "begun", **known})

    def finish(self, step: str, **found: object) -> None:
        self._note(step, {"state": "done", **found})

    def found(self, step: str, name: str) -> object:
        """What was known at a step's beginning, or a finished step found out. Raises KeyError."""
        return self._kept[step][name]

    def forget(self, step: str) -> None:
        """The site refused it: nothing happened, nothing is in doubt."""
        del self._kept[step]
        self._write()

    def _note(self, step: str, what: JSON) -> None:
        self._kept[step] = what
        self._write()

    def _write(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        staged = self._file.with_suffix(".new")
        staged.write_text(json.dumps(self._kept, indent=1), encoding="utf-8")
        staged.replace(self._file)
