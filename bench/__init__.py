"""Figures of the platform, each beside its target, printed with the machine they were taken on."""

Row = tuple[str, float, str]  # figure, value, unit
