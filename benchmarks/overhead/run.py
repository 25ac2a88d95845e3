"""Measure what patchwright costs besides its model, beside the floor and other agents.

Needs Linux, and a Python that has patchwright and pytest installed. See README.md beside this file. With `sandbox`
as its first word it measures the sandboxes alone, with `tools` the file tools, with `outline` the outline, with
`models` what lies between the log and the model: `run.py sandbox --help`.
"""

import argparse
import dataclasses
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it can be started as a file

from benchmarks.overhead import clients, measure, models, outline, sandboxes, table, tools
from benchmarks.overhead.clients import Client
from benchmarks.overhead.table import Help, Row


def main() -> int:
    if sys.argv[1:2] == ["sandbox"]:
        return sandboxes.main(sys.argv[2:])
    if sys.argv[1:2] == ["tools"]:
        return tools.main(sys.argv[2:])
    if sys.argv[1:2] == ["outline"]:
        return outline.main(sys.argv[2:])
    if sys.argv[1:2] == ["models"]:
        return models.main(sys.argv[2:])
    options = parser().parse_args()
    chosen = [clients.floor(sys.executable)]
    chosen += [c for c in clients.ours(options.patchwright, options.image) if options.only in c.name]
    if options.peers:
        chosen += clients.peers(options.peers, options.root.resolve(), options.peer)
    rows = rounds(chosen, options.runs)
    times = help_times(options.patchwright, 3 * options.runs)
    print(table.machine(), end="\n\n")
    print(table.overhead(rows), end="\n\n")
    print(table.targets(rows, times), end="\n\n")
    print(table.helped(times))
    if options.json:
        found = {"machine": table.machine(), "rows": rows, "help": times}
        options.json.write_text(json.dumps(found, default=dataclasses.asdict, indent=1) + "\n")
    return 0


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(description=__doc__)
    top.add_argument(
        "--runs", type=int, default=5, metavar="N", help="timed rounds, after one that is not (5)"
    )
    top.add_argument(
        "--only", default="", metavar="TEXT", help="only those of patchwright's rows with this in their name"
    )
    top.add_argument(
        "--image", default="", metavar="IMAGE", help="also measure patchwright in Docker, in this image"
    )
    top.add_argument(
        "--patchwright", default=str(Path(sys.executable).with_name("patchwright")), metavar="PROGRAM"
    )
    top.add_argument(
        "--peers", type=Path, metavar="FILE", help="other agents, as JSON; those installed are measured"
    )
    top.add_argument(
        "--root", type=Path, default=Path(), metavar="DIR", help="the folder that they are installed in"
    )
    top.add_argument(
        "--peer", action="append", default=[], metavar="NAME", help="only this one of them; repeatable"
    )
    top.add_argument("--json", type=Path, metavar="FILE", help="write every run's figures")
    return top


def rounds(chosen: list[Client], number: int) -> list[Row]:
    """Every client once in each round, so that what disturbs the machine disturbs all of them.

    The round before the first warms caches and lets Python compile what it imports; the one after the last is
    for the memory.
    """
    rows = {client.name: Row(client, (), None) for client in chosen}
    for round_ in range(number + 2):
        for name, row in rows.items():
            if row.trouble:
                continue
            print(f"round {round_} of {number + 1}: {name}", file=sys.stderr)
            rows[name] = one_more(row, timed=0 < round_ <= number, with_memory=round_ > number)
    return list(rows.values())


def one_more(row: Row, timed: bool, with_memory: bool) -> Row:
    try:
        done = measure.run(row.client, with_memory)
    except measure.MeasureError as e:
        print(f"{row.client.name}: {e}", file=sys.stderr)
        return Row(row.client, (), None, "failed")
    runs = (*row.runs, done) if timed else row.runs
    return Row(row.client, runs, done.memory)


def help_times(program: str, number: int) -> Help:
    pairs = [
        (measure.start_and_end([program, "--help"]), measure.start_and_end([sys.executable, "-c", "pass"]))
        for _ in range(number + 1)
    ]
    return Help(*(tuple(times) for times in zip(*pairs[1:], strict=True)))


if __name__ == "__main__":
    sys.exit(main())
