"""The plan against a brute-force oracle, over every distinct behaviour of a time zone that zoneinfo has.

For three days around each change of clocks from 2020 to 2030: random intervals, times of day and cron expressions, with
weekdays, active hours and holidays, are planned by `fossatray.core.plan` and watched minute by minute by
`tests/unit/core/plan_oracle.py`. Prints cases, occurrences compared, mismatches and time; exit status 1 if any differ.
"""

from __future__ import annotations

import argparse
import random
import sys
import time

from tests.unit.core.plan_oracle import Tally, behaviours, compare_around, moments_to_watch


def main() -> int:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--of-each-kind", type=int, default=5, help="timetables of each kind for each change")
    options = parser.parse_args()
    begun = time.perf_counter()
    zones = behaviours()
    changes = sum(len(found) for found in zones.values())
    print(f"{len(zones)} distinct behaviours of zones, {changes} changes of clocks, seed {options.seed}", flush=True)
    tally = Tally()
    for name, found in zones.items():
        for change in moments_to_watch(found):
            chance = random.Random(f"{options.seed} {name} {change}")
            compare_around(name, change, chance, options.of_each_kind, tally)
    for text in (tally.mismatches or [])[:20]:
        print(text)
    print(
        f"{tally.cases} cases, {tally.occurrences} occurrences and {tally.moments} next runs compared, "
        f"{len(tally.mismatches or [])} mismatches, {time.perf_counter() - begun:.1f} s"
    )
    return 1 if tally.mismatches else 0


if __name__ == "__main__":
    sys.exit(main())
