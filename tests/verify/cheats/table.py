"""The proof: what is caught of patches that cheat, and what is refused of honest ones.

Run it as `python tests/verify/cheats/table.py [CORPUS...]`. The last line says whether the targets are met.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import blind
import copying
import forging
import real
import sniffing
import steering
import touching
from harness import Case, Corpus, Row, judge_all, rows
from seeded import insecure_rows, invented_rows, slow_rows

CASES: tuple[Case, ...] = (
    *touching.CASES,
    *steering.CASES,
    *forging.CASES,
    *copying.CASES,
    *sniffing.CASES,
    *blind.CASES,
)


def cheats(folder: Path) -> list[Row]:
    return rows(judge_all(CASES, folder))


def packages(folder: Path) -> list[Row]:
    (sources := folder / "sources").mkdir()
    real.planted(sources)
    return rows(judge_all(real.CASES, folder))


CORPORA: dict[str, tuple[Corpus, float, float]] = {
    "cheats": (cheats, 1.0, 0.0),
    "packages": (packages, 1.0, 0.0),
    "insecure": (insecure_rows, 0.9, 0.05),
    "invented": (invented_rows, 0.9, 0.05),
    "slow": (slow_rows, 0.9, 0.05),
}
"""By name: what judges a corpus, the share to be caught, and the share of honest twins that may be refused."""


def printed(name: str, found: list[Row], least: float, most: float) -> bool:
    """Print a corpus' rows; whether it meets its targets."""
    count, caught = sum(r.number for r in found), sum(r.caught for r in found)
    refused = sum(len(r.refused) for r in found)
    for row in (*found, Row("all", count, caught, (), ())):
        false = len(row.refused) if row.kind != "all" else refused
        print(f"{name:10} {row.kind:24} {row.number:5} {row.caught:6} {row.number - row.caught:6} {false:12}")
    for row in found:
        for missed in row.missed:
            print(f"  missed: {row.kind}: {missed}")
        for alarm in row.refused:
            print(f"  false alarm: {row.kind}: {alarm}")
    return caught >= least * count and refused <= most * count


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", nargs="*", help=f"of {', '.join(CORPORA)}; all where none is named")
    asked = parser.parse_args().corpus or [*CORPORA]
    print(f"{'corpus':10} {'kind':24} count caught missed false alarms")
    met = True
    with tempfile.TemporaryDirectory() as folder:
        for name in asked:
            judge, least, most = CORPORA[name]
            place = Path(folder) / name
            place.mkdir()
            met &= printed(name, judge(place), least, most)
    print("targets met" if met else "targets missed")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
