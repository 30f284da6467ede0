"""What cannot be judged at all, and where to mend it."""


class Unusable(ValueError):
    """Says which file, row and column, and what to do; never what stands there, for it may be a person's."""

    def __init__(
        self, what: str, *, file: str = "", row: int | None = None, column: str | None = None
    ) -> None:
        place = [file] if file else []
        place += [f"row {row}"] if row is not None else []
        place += [f"column {column!r}"] if column is not None else []
        super().__init__(": ".join([", ".join(place), what]) if place else what)
