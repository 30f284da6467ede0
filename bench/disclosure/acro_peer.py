"""ACRO's mean table of the benchmark's records, in the peers' own environment: prints its seconds last.

`python acro_peer.py RECORDS.csv`.
"""

import logging
import sys
import time


def main(file: str) -> None:
    import pandas as pd
    from acro import ACRO

    logging.disable(logging.CRITICAL)
    frame = pd.read_csv(file)
    acro = ACRO(suppress=False)
    started = time.perf_counter()
    acro.crosstab(frame.town, frame.grp, values=frame.wage, aggfunc="mean")
    print(time.perf_counter() - started)


if __name__ == "__main__":
    main(sys.argv[1])
