"""What SDE knows of its graduates: schooling, scores, and who concentrated in career education."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from charteroak.synthetic.names import Words
from charteroak.synthetic.people import People, sasid
from charteroak.synthetic.towns import Towns

CLUSTERS = (
    "Agriculture", "Architecture", "Business", "Education", "Finance", "Health",
    "Hospitality", "IT", "Manufacturing", "Marketing", "STEM", "Transportation",
)  # fmt: skip
_CLUSTER_SHARES = (0.03, 0.07, 0.12, 0.06, 0.06, 0.17, 0.11, 0.10, 0.11, 0.06, 0.06, 0.05)


@dataclass(frozen=True)
class Schooling:
    """One value per graduate of the chunk; numbers are rounded as they are delivered."""

    concentrator: NDArray[np.bool_]
    cluster: NDArray[np.int64]  # index into CLUSTERS, or -1
    courses: NDArray[np.int64]
    learner: NDArray[np.bool_]  # of English
    disability: NDArray[np.bool_]
    gpa: NDArray[np.floating]
    maths: NDArray[np.int64]
    untested: NDArray[np.bool_]
    attendance: NDArray[np.floating]

    def engagement(self) -> NDArray[np.floating]:
        """What concentrators have more of and wages rise with: the confounder behind the raw premium."""
        return (self.gpa - 2.9) / 0.6 + (self.attendance - 92.0) / 5.0


def draw_schooling(rng: np.random.Generator, people: People) -> Schooling:
    count = people.graduates
    ability = rng.normal(size=count)
    gpa = np.round(np.clip(2.9 + 0.45 * ability + 0.4 * rng.normal(size=count), 0.7, 4.3), 2)
    attendance = np.round(np.clip(92.0 + 5.0 * rng.normal(size=count), 60.0, 100.0), 1)
    appeal = 0.35 * ((gpa - 2.9) / 0.6 + (attendance - 92.0) / 5.0) - 0.55
    concentrator = rng.random(count) < 1.0 / (1.0 + np.exp(-appeal))
    hispanic = people.race_eth[:count] == "H"
    return Schooling(
        concentrator=concentrator,
        cluster=np.where(concentrator, rng.choice(len(CLUSTERS), size=count, p=_CLUSTER_SHARES), -1),
        courses=np.where(concentrator, rng.integers(2, 7, size=count), rng.integers(0, 2, size=count)),
        learner=rng.random(count) < np.where(hispanic, 0.22, 0.03),
        disability=rng.random(count) < 0.15,
        gpa=gpa,
        maths=10 * np.clip(np.round(51 + 8 * ability + 5 * rng.normal(size=count)), 20, 80).astype(np.int64),
        untested=rng.random(count) < np.where(people.grad_year[:count] == 2020, 0.12, 0.02),
        attendance=attendance,
    )


def matching_file(people: People, record: Words, towns: Towns) -> pl.DataFrame:
    """SDE's identifiers of its graduates; SDE holds no social security number."""
    here = slice(people.graduates)
    return pl.DataFrame({
        "record_id": record,
        "sasid": sasid(people)[here],
        "last": people.last[here],
        "first": people.first[here],
        "middle": people.middle[here],
        "dob": np.char.replace(people.birth[here].astype("U10"), "-", ""),
        "gender": people.gender[here],
        "hs_code": [f"{towns.codes[town]}2{school:02d}" for town, school in zip(
            people.town[here], people.school[here], strict=True
        )],
    })  # fmt: skip


def analysis_file(people: People, schooling: Schooling, record: Words, towns: Towns) -> pl.DataFrame:
    """What SDE contributes to the study."""
    here = slice(people.graduates)
    clusters = np.array((*CLUSTERS, ""))  # index -1 is the blank
    return pl.DataFrame({
        "record_id": record,
        "grad_year": people.grad_year[here],
        "town_code": towns.codes[people.town[here]],
        "cte_concentrator": yes_no(schooling.concentrator),
        "cte_cluster": clusters[schooling.cluster],
        "cte_courses": schooling.courses,
        "race_eth": people.race_eth[here],
        "el": yes_no(schooling.learner),
        "swd": yes_no(schooling.disability),
        "gpa": [f"{gpa:.2f}" for gpa in schooling.gpa],
        "math_score": np.where(schooling.untested, "", schooling.maths.astype("U3")),
        "attendance_pct": schooling.attendance,
    })  # fmt: skip


def yes_no(flags: NDArray[np.bool_]) -> Words:
    return np.where(flags, "Y", "N")
