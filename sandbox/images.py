"""Which image a repository asks for. Pure: it reads the base's files, and starts nothing."""

import json
import posixpath
import re
import shlex
from collections.abc import Iterator
from typing import Any

from .base import Frozen, SandboxUnavailable
from .languages import Files, default

FOLDER = "/work"
"""Where the repository's files lie while an image is prepared, as they do later."""
DEVCONTAINERS = (".devcontainer/devcontainer.json", ".devcontainer.json")
LEFT_OUT = (
    "features",
    "mounts",
    "runArgs",
    "privileged",
    "capAdd",
    "securityOpt",
    "containerEnv",
    "remoteEnv",
)
"""What a devcontainer.json may ask for and does not get: most of it opens the machine."""
WHEN_MADE = ("onCreateCommand", "updateContentCommand", "postCreateCommand")


class Wanted(Frozen):
    """The image that a repository's commands run in, before its dependencies are added."""

    image: str = ""
    """Empty: what `dockerfile` builds."""
    dockerfile: str = ""
    context: str = ""
    """The folder that the Dockerfile copies from; empty: the top."""
    arguments: dict[str, str] = {}
    target: str = ""
    commands: tuple[str, ...] = ()
    """What the repository wants to be run once, inside."""
    why: str = ""
    notes: tuple[str, ...] = ()


def choose(files: Files) -> Wanted:
    """What the files ask for: a devcontainer, else a Dockerfile, else what their language needs.

    Raises SandboxUnavailable where they ask for nothing, or for something that is not there.
    """
    notes: list[str] = []
    for name in DEVCONTAINERS:
        if name in files.names and (found := devcontainer(files, name, notes)):
            return found.model_copy(update={"notes": tuple(notes)})
    if "Dockerfile" in files.names:
        return Wanted(dockerfile="Dockerfile", why="the Dockerfile", notes=tuple(notes))
    if chosen := default(files):
        return Wanted(image=chosen[0], why=chosen[1], notes=tuple(notes))
    raise SandboxUnavailable(
        "nothing in the repository says which image it needs, neither a devcontainer.json nor a Dockerfile nor a "
        "project's files: name one with --image."
    )


def devcontainer(files: Files, name: str, notes: list[str]) -> Wanted | None:
    """What a devcontainer.json asks for; None, and a note, where it names nothing that can be had."""
    try:
        asked: Any = json.loads(without_comments(files.read(name)))
    except ValueError as e:
        raise SandboxUnavailable(
            f"{name} is no valid JSON ({e}): repair it, or name an image with --image."
        ) from e
    asked = asked if isinstance(asked, dict) else {}
    if ignored := [word for word in LEFT_OUT if asked.get(word)]:
        notes.append(f"{name}: {', '.join(ignored)} left out")
    commands = tuple(word for key in WHEN_MADE for word in command_lines(asked.get(key)))
    build: Any = asked.get("build")
    build = build if isinstance(build, dict) else {}
    if dockerfile := build.get("dockerfile") or asked.get("dockerFile"):
        folder = posixpath.dirname(name)
        path = below(folder, str(dockerfile), name)
        if path not in files.names:
            raise SandboxUnavailable(
                f"{name} names the Dockerfile {path}, which the repository does not hold."
            )
        return Wanted(
            dockerfile=path,
            context=below(folder, str(build.get("context") or asked.get("context") or "."), name),
            arguments=dict(plain(build.get("args"), notes, name)),
            target=str(build.get("target") or ""),
            commands=commands,
            why=f"{path}, which {name} names",
        )
    image = asked.get("image")
    if isinstance(image, str) and image and "${" not in image:
        return Wanted(image=image, commands=commands, why=name)
    notes.append(f"{name} names neither an image nor a Dockerfile that can be used here")
    return None


def plain(given: Any, notes: list[str], name: str) -> Iterator[tuple[str, str]]:
    """Build arguments as they stand. One that asks for a variable of the user's is left out: it may be a secret."""
    for key, value in given.items() if isinstance(given, dict) else ():
        if "${" in str(value):
            notes.append(f"{name}: build argument {key} left out, since it asks for a variable")
        else:
            yield str(key), str(value)


def command_lines(given: Any) -> Iterator[str]:
    """A command is a line, a list of words, or several of both by their names."""
    if isinstance(given, dict):
        for one in given.values():
            yield from command_lines(one)
    elif isinstance(given, list) and given:
        yield shlex.join(map(str, given))
    elif isinstance(given, str) and given.strip():
        yield re.sub(r"\$\{(container|local)WorkspaceFolder\}", FOLDER, given)


def below(folder: str, path: str, name: str) -> str:
    """A path that a file names relative to its folder, as one from the top. Raises SandboxUnavailable."""
    whole = posixpath.normpath(posixpath.join(folder, path))
    if whole.startswith(("/", "../")) or whole == "..":
        raise SandboxUnavailable(
            f"{name} names {path}, which is outside of the repository: name an image with --image."
        )
    return "" if whole == "." else whole


TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/|,(?=(?:\s|//[^\n]*|/\*.*?\*/)*[}\]])', re.DOTALL)


def without_comments(text: str) -> str:
    """JSON with comments and trailing commas, as JSON."""
    return TOKEN.sub(lambda found: found[0] if found[0].startswith('"') else " ", text.removeprefix("\ufeff"))


COPIES = re.compile(r"^\s*(ADD|COPY|RUN\s+--mount|ONBUILD)\b", re.MULTILINE | re.IGNORECASE)


def sources(wanted: Wanted, files: Files) -> list[str]:
    """What a Dockerfile's image is made from: where it copies nothing, a change of the code makes no other image."""
    if not wanted.dockerfile:
        return []
    copies = COPIES.search(files.read(wanted.dockerfile)) is not None
    prefix = f"{wanted.context}/" if wanted.context else ""
    inside = [name for name in files.names if copies and name.startswith(prefix)]
    given = [f"{key}={value}" for key, value in sorted(wanted.arguments.items())]
    named = {name: files.names[name] for name in (wanted.dockerfile, *inside)}
    return [
        wanted.dockerfile,
        wanted.context,
        wanted.target,
        *given,
        *(f"{n} {named[n]}" for n in sorted(named)),
    ]
