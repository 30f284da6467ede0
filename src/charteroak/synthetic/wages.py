"""What graduates earn three years on: the planted differences, exact in every chunk."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from charteroak.synthetic.people import RACE_ETH, YEARS, People
from charteroak.synthetic.schools import CLUSTERS, Schooling
from charteroak.synthetic.towns import region_of

MEAN = 27_400.0  # dollars over four quarters
RAW_PREMIUM = 2_900.0
ADJUSTED_PREMIUM = 1_700.0
WITHOUT_WAGES = 0.21  # of the people in both SDE's and CSC's files
PLANTED_CLUSTERS = {"Health": 3_800.0, "Hospitality": -600.0}
_OTHER_CLUSTERS = {
    "Agriculture": 600.0, "Architecture": 1_500.0, "Business": 1_400.0, "Education": 300.0,
    "Finance": 2_100.0, "IT": 2_600.0, "Manufacturing": 2_400.0, "Marketing": 700.0,
    "STEM": 1_900.0, "Transportation": 1_600.0,
}  # fmt: skip
_RACE_GAPS = {"A": 700.0, "B": -900.0, "H": -600.0, "I": -700.0, "M": -200.0, "P": -300.0, "W": 0.0}
_REGION_GAPS = np.array([0.0, 900.0, -300.0, 400.0, -500.0])
_SPREAD = 4_500.0  # dollars, of each of four exponentials: the sum is skewed to the right
_LOWEST = 400.0


@dataclass(frozen=True)
class Outcome:
    people: NDArray[np.int64]  # who has in-state wages in the outcome year: rows of People
    annual: NDArray[np.float64]  # dollars


def draw_outcome(rng: np.random.Generator, people: People, schooling: Schooling) -> Outcome:
    """Annual wages with the planted raw and adjusted premiums among people with in-state wages.

    wage = base + cluster effect + slope * engagement + town and origin + noise, where the noise is made
    orthogonal to every covariate, so that least squares returns the planted effects without sampling error.
    """
    earners = np.sort(rng.permutation(people.links)[: round(people.links * (1.0 - WITHOUT_WAGES))])
    treated, cluster = schooling.concentrator[earners], schooling.cluster[earners]
    effect = np.where(treated, _cluster_effects(cluster[treated])[cluster], 0.0)
    background = _REGION_GAPS[region_of(people.town[earners])]
    background += np.array([_RACE_GAPS[code] for code in people.race_eth[earners]])
    engagement = schooling.engagement()[earners]
    slope = (RAW_PREMIUM - ADJUSTED_PREMIUM - _gap(background, treated)) / _gap(engagement, treated)
    noise = _SPREAD * (rng.gamma(4.0, size=len(earners)) - 4.0)
    annual = effect + background + slope * engagement + _orthogonal(noise, people, schooling, earners)
    annual += MEAN - annual.mean()
    return Outcome(people=earners, annual=np.maximum(np.round(annual, 2), _LOWEST))


def _gap(values: NDArray[np.floating], treated: NDArray[np.bool_]) -> float:
    return float(values[treated].mean() - values[~treated].mean())


def _cluster_effects(cluster: NDArray[np.int64]) -> NDArray[np.float64]:
    """Effects by cluster; the unplanted ones shift so that these people's mean is the adjusted premium."""
    effects = np.array([(PLANTED_CLUSTERS | _OTHER_CLUSTERS)[name] for name in CLUSTERS])
    movable = np.array([name in _OTHER_CLUSTERS for name in CLUSTERS])
    effects[movable] += (ADJUSTED_PREMIUM - effects[cluster].mean()) / movable[cluster].mean()
    return effects


def _orthogonal(
    noise: NDArray[np.float64], people: People, schooling: Schooling, earners: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The part of the noise that no covariate of the study explains."""
    codes = [
        schooling.cluster[earners][:, None] == np.arange(-1, len(CLUSTERS)),
        people.race_eth[earners][:, None] == np.array(RACE_ETH),
        people.grad_year[earners][:, None] == np.array(YEARS),
        people.town[earners][:, None] == np.unique(people.town[earners]),
    ]
    numbers = [
        np.where(schooling.untested, 0, schooling.maths)[earners], schooling.untested[earners],
        schooling.gpa[earners], schooling.attendance[earners],
        schooling.learner[earners], schooling.disability[earners],
    ]  # fmt: skip
    design = np.column_stack([*codes, *numbers]).astype(np.float64)
    fitted: NDArray[np.float64] = design @ np.linalg.lstsq(design, noise, rcond=None)[0]
    return noise - fitted
