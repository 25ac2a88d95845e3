"""Who is measured: the floor, patchwright in each sandbox, and other agents by a file that says how to start them."""

import importlib.metadata
import json
import platform
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TESTS = "python3 -m pytest -q"
FLOOR = "floor"
OURS = "patchwright"
DOCKER = "docker"


@dataclass(frozen=True)
class Client:
    """How a client is started. In every text {url}, {port}, {repo}, {home}, {run} and {task} are filled in."""

    name: str
    command: tuple[str, ...]
    version: str = ""
    env: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    """Configuration that is written before each run: path to text."""
    setup: tuple[str, ...] = ()
    cleanup: tuple[str, ...] = ()
    last_command: str = ""


def floor(python: str) -> Client:
    program = str(Path(__file__).with_name("floor.py"))
    return Client(FLOOR, (python, program, "{url}", "{task}"), f"Python {platform.python_version()}")


def ours(program: str, image: str = "") -> list[Client]:
    """patchwright's rows; the one in Docker where an image is named."""
    solve = (program, "solve", "{task}", "--model", "openai/scripted-1", "--base-url", "{url}/v1", "--apply")
    version = importlib.metadata.version(OURS)

    def row(name: str, *flags: str) -> Client:
        return Client(f"{OURS}, {name}", (*solve, *flags), version)

    rows = [
        row("bubblewrap", "--sandbox", "bubblewrap", "--test", TESTS),
        row("bubblewrap, tests found", "--sandbox", "bubblewrap"),
        row("host", "--sandbox", "host", "--test", TESTS),
    ]
    if image:
        rows.append(row(DOCKER, "--sandbox", "docker", "--image", image, "--test", TESTS))
    return rows


def peers(file: Path, root: Path, names: list[str]) -> list[Client]:
    """Other agents, from a JSON file that maps a name to cmd, env, files, setup, cleanup, server and version.

    {root} is the folder that they are installed in. Without `names`, those whose program is there.
    """
    entries: dict[str, dict[str, Any]] = json.loads(file.read_text())
    unknown = [name for name in names if name not in entries]
    if unknown:
        raise SystemExit(f"{file}: no entry {', '.join(unknown)}; there are {', '.join(entries)}")
    found = []
    for name in names or entries:
        entry = rooted(entries[name], root)
        if playable(entry) and (names or is_there(entry["cmd"][0])):
            found.append(peer(name, entry))
        elif name in names:
            raise SystemExit(
                f"{name} cannot be measured here: it needs more than tool calls by chat completions"
            )
    return found


def is_there(program: str) -> bool:
    return Path(program).is_absolute() and Path(program).exists()


def rooted(value: Any, root: Path) -> Any:
    match value:
        case str():
            return value.replace("{root}", str(root))
        case list():
            return [rooted(v, root) for v in value]
        case dict():
            return {k: rooted(v, root) for k, v in value.items()}
        case _:
            return value


def playable(entry: dict[str, Any]) -> bool:
    """Whether the scripted model can play to it: it asks for no script of its own and no text protocol."""
    return not (
        set(entry.get("server", [])[::2]) - {"--final-sh"} or "script" in entry or "{rig}" in str(entry)
    )


def peer(name: str, entry: dict[str, Any]) -> Client:
    options = entry.get("server", [])
    return Client(
        name,
        tuple(entry["cmd"]),
        installed(name, Path(entry["cmd"][0])) or printed(entry.get("version", [])),
        entry.get("env", {}),
        entry.get("files", {}),
        tuple(entry.get("setup", [])),
        tuple(entry.get("cleanup", [])),
        dict(zip(options[::2], options[1::2], strict=True)).get("--final-sh", ""),
    )


def installed(name: str, program: Path) -> str:
    """The version of a Python distribution of that name beside the program; empty where there is none."""
    found = importlib.metadata.distributions(
        name=name, path=[str(p) for p in program.parent.parent.glob("lib/python*/site-packages")]
    )
    return next((d.version for d in found), "")


def printed(command: list[str]) -> str:
    if not command:
        return ""
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)
    numbers = re.search(r"\d+(\.\d+)+\S*", done.stdout + done.stderr)
    return numbers[0] if numbers else ""
