"""Words the synthetic state is made of: names as often as the 1990 Census found them, nicknames, streets, towns."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import names
import numpy as np
from numpy.typing import NDArray

Text = NDArray[np.object_]

# Written for this generator, not taken from any engine's list: an engine must not know its test by heart.
NICKNAMES = {
    "WILLIAM": "BILL WILL BILLY", "ROBERT": "BOB ROB BOBBY", "RICHARD": "RICK DICK RICH", "JAMES": "JIM JIMMY JAMIE",
    "JOHN": "JACK JOHNNY JON", "MICHAEL": "MIKE MICKEY", "JOSEPH": "JOE JOEY", "CHARLES": "CHUCK CHARLIE",
    "THOMAS": "TOM TOMMY", "CHRISTOPHER": "CHRIS KIT", "DANIEL": "DAN DANNY", "MATTHEW": "MATT", "ANTHONY": "TONY",
    "EDWARD": "ED EDDIE TED", "ALEXANDER": "ALEX SASHA", "BENJAMIN": "BEN BENNY", "SAMUEL": "SAM SAMMY",
    "NICHOLAS": "NICK", "ANDREW": "ANDY DREW", "LAWRENCE": "LARRY", "GERALD": "JERRY", "PATRICK": "PAT PADDY",
    "STEPHEN": "STEVE", "STEVEN": "STEVE", "TIMOTHY": "TIM", "KENNETH": "KEN KENNY", "GREGORY": "GREG",
    "FRANCISCO": "PACO PANCHO", "JOSE": "PEPE", "ELIZABETH": "LIZ BETH BETTY ELIZA", "MARGARET": "PEGGY MEG MAGGIE",
    "KATHERINE": "KATE KATHY KATIE", "CATHERINE": "CATHY CATE", "PATRICIA": "PAT TRISH PATTY", "JENNIFER": "JENN JENNY",
    "BARBARA": "BARB", "SUSAN": "SUE SUSIE", "DEBORAH": "DEB DEBBIE", "REBECCA": "BECKY", "VICTORIA": "VICKY TORI",
    "CHRISTINE": "CHRIS TINA", "CHRISTINA": "TINA CHRISSY", "ALEXANDRA": "ALEX SANDRA", "DOROTHY": "DOT DOTTIE",
    "MARIA": "MARI", "GUADALUPE": "LUPE", "FRANCES": "FRAN FRANNIE", "JACQUELINE": "JACKIE", "SAMANTHA": "SAM",
    "JESSICA": "JESS JESSIE", "KIMBERLY": "KIM", "PAMELA": "PAM", "CYNTHIA": "CINDY", "SANDRA": "SANDY",
}  # fmt: skip
STREET_TYPES = ("ST", "ST", "ST", "AVE", "AVE", "RD", "RD", "LN", "DR", "CT", "PL")


@dataclass(frozen=True)
class Drawable:
    """Words and their frequencies, as cumulative shares."""

    words: Text
    upto: NDArray[np.float64]

    def draw(self, count: int, rng: np.random.Generator) -> Text:
        places = np.searchsorted(self.upto, rng.random(count) * self.upto[-1], side="right")
        return self.words[np.minimum(places, len(self.words) - 1)]


@cache
def census(file: str) -> Drawable:
    """One list of the `names` package: `last`, `female` or `male`; its second column is the frequency."""
    path = Path(names.__file__).parent / {
        "last": "dist.all.last", "female": "dist.female.first", "male": "dist.male.first"
    }[file]  # fmt: skip
    rows = [line.split() for line in path.read_text(encoding="ascii").splitlines() if line.strip()]
    # the census rounds rare names to 0.000; each still exists
    shares = np.maximum(np.array([float(row[1]) for row in rows]), 0.0003)
    return Drawable(np.array([row[0] for row in rows], dtype=object), np.cumsum(shares))


def nickname(name: str, rng: np.random.Generator) -> str:
    """A short form of the name: a known one, or the kind families make up (KRISTOFER → KRISSY)."""
    if known := NICKNAMES.get(name):
        forms = known.split()
        return forms[int(rng.integers(len(forms)))]
    if len(name) < 5:
        return name
    return name[: int(rng.integers(3, 5))] + ("", "IE", "Y")[int(rng.integers(3))]
