"""How far a linkage may be trusted: estimated without truth, measured from clerks' labels, and for whom it fails."""

from charteroak.linkage.uncertainty.causes import causes, missed
from charteroak.linkage.uncertainty.estimates import Estimates, Interval, estimates
from charteroak.linkage.uncertainty.groups import by_group, group_warnings
from charteroak.linkage.uncertainty.labels import Calibration, Measured, measured, recalibrated
from charteroak.linkage.uncertainty.mixture import Mixture, fit
from charteroak.linkage.uncertainty.sampling import plan

__all__ = [
    "Calibration", "Estimates", "Interval", "Measured", "Mixture", "by_group", "causes", "estimates", "fit",
    "group_warnings", "measured", "missed", "plan", "recalibrated",
]  # fmt: skip
