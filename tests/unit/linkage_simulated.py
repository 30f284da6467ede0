"""A linkage whose truth and model are known: pairs drawn from a Fellegi-Sunter model with three fields."""

import numpy as np
import polars as pl

from charteroak.linkage import Counts, Field, Kind, Level, Linkage, Model, Quality, Recipe, Regime

LEVELS = {
    "first_name": ("same", "close", "different"),
    "dob": ("same", "slip", "different"),
    "street": ("same", "different"),
}
M = {"first_name": (0.85, 0.1, 0.05), "dob": (0.9, 0.06, 0.04), "street": (0.7, 0.3)}
U = {"first_name": (0.01, 0.01, 0.98), "dob": (0.002, 0.008, 0.99), "street": (0.02, 0.98)}
TESTS = {
    "same": "same",
    "close": "jaro_winkler>=0.9",
    "slip": "damerau_levenshtein<=1",
    "different": "different",
}


def recipe(link: float = 0.5) -> Recipe:
    levels = {
        name: tuple(Level(each, TESTS[each], m) for each, m in zip(names, M[name], strict=True))
        for name, names in LEVELS.items()
    }
    fields = tuple(Field(name, Kind.FUZZY, {"*": (name,)}, levels[name]) for name in LEVELS)
    return Recipe(fields, (("dob",), ("first_name", "street")), link=link)


def simulated(
    pairs: int = 20_000, true: float = 0.4, seed: int = 1, off: float = 0.0
) -> tuple[Linkage, pl.Series]:
    """A linkage of files `a` and `b`, and which of its pairs are true. `off` bits are added to every weight: an
    estimate that believes too much.
    """
    rng = np.random.default_rng(seed)
    same = rng.random(pairs) < true
    weight = np.full(pairs, np.log2(true / (1 - true)) + off)
    levels: dict[str, pl.Series] = {}
    for name in LEVELS:
        m, u = np.array(M[name]), np.array(U[name])
        drawn = np.where(same, rng.choice(len(m), pairs, p=m), rng.choice(len(u), pairs, p=u))
        missing = rng.random(pairs) < 0.1
        levels[name] = pl.Series(np.where(missing, -1, drawn))
        weight += np.where(missing, 0.0, np.log2(m / u)[drawn])
    chance = 1 / (1 + np.exp2(-weight))
    ids = [f"{at:06d}" for at in range(pairs)]
    links = pl.DataFrame({
        "id_l": ids, "id_r": ids, "source_l": "a", "source_r": "b", "match_weight": weight,
        "match_probability": chance, "pass": "scored",
    })  # fmt: skip
    listed = chance >= 0.01
    level_frame = pl.DataFrame({"regime": ["everyone"] * pairs, **levels}).filter(pl.Series(listed))
    clusters = pl.DataFrame({
        "id": ids + ids, "source": ["a"] * pairs + ["b"] * pairs,
        "cluster": [f"a:{one}" for one in ids]
        + [f"a:{one}" if linked else f"b:{one}" for one, linked in zip(ids, chance >= 0.5, strict=True)],
    })  # fmt: skip
    regime = Regime("everyone", true, float(pairs), M, U)
    model = Model(true, float(pairs), LEVELS, (regime,), {})
    counts = Counts({"a": pairs, "b": pairs}, pairs, {}, dict.fromkeys(LEVELS, 0), 0)
    outcome = Linkage(
        links.filter(pl.Series(listed)), level_frame, clusters, pl.DataFrame(), Quality(0.5, 1.0, 1.0, 0.0), recipe(),
        model, counts, (), (), {}, (),
    )  # fmt: skip
    return outcome, pl.Series(same).filter(pl.Series(listed))
