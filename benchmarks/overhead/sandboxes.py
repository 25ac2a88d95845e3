"""Measure the sandboxes against what they are made of: a kept shell, a bare bwrap, a bare `docker run`, plain git."""

import argparse
import dataclasses
import json
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from . import crowd, probes, ratios, table, trees
from .probes import Group, Probe, Room
from .ratios import Figure


def main(words: Sequence[str]) -> int:
    options = parser().parse_args(words)
    with TemporaryDirectory(prefix="overhead-") as top:
        Path(top).chmod(0o755)
        rooms = [Room(Path(top))] + ([Room(Path(top), options.image)] if options.image else [])
        wanted = [
            (what, group, n) for what, group, n in kinds(options) if not options.only or what in options.only
        ]
        figures = [
            figure
            for what, group, samples in wanted
            for room in rooms
            for figure in measured(room, what, group, options.runs, samples)
        ]
        crowds = {room.name: crowd.together(room, options.at_once) for room in rooms if options.at_once}
    print(table.host(), versions(options.image), end="\n\n")
    print(ratios.shown(figures), end="\n\n")
    print(ratios.crowded(crowds), end="\n\n")
    print(ratios.targets(figures, crowds))
    if options.json:
        found = {"machine": table.host(), "versions": versions(options.image)}
        found |= {"figures": figures, "crowds": crowds}
        options.json.write_text(json.dumps(found, default=dataclasses.asdict, indent=1) + "\n")
    return 0


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="run.py sandbox", description=__doc__)
    top.add_argument(
        "--runs", type=int, default=5, metavar="N", help="timed rounds, after one that is not (5)"
    )
    top.add_argument("--image", default="", metavar="IMAGE", help="also measure Docker, in this image")
    top.add_argument("--files", type=int, default=10_000, metavar="N", help="files in the tree of a snapshot")
    top.add_argument("--at-once", type=int, default=32, metavar="N", help="sandboxes together (32); 0: none")
    top.add_argument("--only", action="append", choices=[*KINDS], help="only these figures; repeatable")
    top.add_argument("--json", type=Path, metavar="FILE", help="write every sample")
    return top


KINDS = (ratios.COMMAND, ratios.START, ratios.SNAPSHOT)


def kinds(options: argparse.Namespace) -> list[tuple[str, Group, int]]:
    """What is measured, and how often in a round."""
    groups = (probes.commands, probes.starts, trees.snapshots(options.files))
    return list(zip(KINDS, groups, (100, 5, 5), strict=True))


def measured(room: Room, what: str, group: Group, rounds: int, samples: int) -> list[Figure]:
    """All probes of a group, taking turns, so that what disturbs the machine disturbs all of them.

    Every round has a sandbox of its own. The round before the first fills caches.
    """
    found: dict[str, list[tuple[float, ...]]] = {}
    for number in range(rounds + 1):
        print(f"round {number} of {rounds}: {room.name}, {what}", file=sys.stderr)
        with group(room) as ready:
            for name, times in turns(ready, samples).items():
                found.setdefault(name, []).append(tuple(times))
    return [Figure(room.name, what, name, tuple(times[1:])) for name, times in found.items()]


def turns(ready: Sequence[Probe], samples: int) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {probe.name: [] for probe in ready}
    for number in range(samples):
        for probe in ready:
            if number % probe.every == 0:
                found[probe.name].append(probe.measure())
    return found


def versions(image: str) -> str:
    commands = {"bwrap": ["bwrap", "--version"], "git": ["git", "--version"]}
    if image:
        commands["Docker"] = ["docker", "version", "--format", "{{.Server.Version}}"]
    found = {name: said(command).split()[-1:] for name, command in commands.items()}
    return ", ".join(f"{name} {words[0] if words else '-'}" for name, words in found.items()) + "."


def said(command: Sequence[str]) -> str:
    with suppress(OSError):
        return subprocess.run(command, capture_output=True, text=True).stdout
    return ""
