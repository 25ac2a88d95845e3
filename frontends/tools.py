"""`patchwright tools`: what the model may call, who brought it, and consent to what a repository brings."""

import argparse
import os
import sys
from pathlib import Path

from ..agent import config
from ..agent.attempt import TOOLS
from ..agent.extras import agree, agreed
from ..agent.task import TaskError
from ..sandbox.checkout import Repository
from ..sandbox.readable import readable
from ..tools.base import Tool, ToolError
from ..tools.installed import installed
from ..tools.mcp import connected, permitted
from ..tools.script import Script, functions, scripts
from .ending import OK, say

LATER = "look at it, and allow it by: patchwright tools --repo {top} --allow"


def tools(options: argparse.Namespace) -> int:
    """List the tools; with --allow, agree to the repository's."""
    top = Repository(Path(options.repo)).top
    settings = config.load(top)
    for tool in TOOLS.values():
        row(tool, "patchwright")
    found, problems = installed()
    for tool in found:
        row(tool, tool.origin)
    for script in named(top, settings.tools):
        if options.allow:
            agree(top, script)
        for tool in functions(script):
            row(
                tool,
                f"{script.path} of the repository, {'allowed' if agreed(top, script) else 'not allowed'}",
            )
    known = config.servers()
    with connected(known) as remote:
        allowed = permitted(remote, known)
        for tool in remote:
            row(tool, f"{tool.origin}, {'allowed' if tool in allowed else 'not allowed'}")
    for problem in problems:
        say(problem)
    return OK


def row(tool: Tool, origin: str) -> None:
    first = (tool.description.splitlines() or [""])[0]
    print(plain(f"{tool.name:<12}  {origin}  {first}"))


def plain(text: str) -> str:
    """Text from a stranger, without what would steer a terminal."""
    return readable(text.encode("utf-8", "replace"))


def consented(top: Path, paths: tuple[str, ...]) -> tuple[Script, ...]:
    """The repository's files of tools that the user agreed to, now or before. Others are told of and left out."""
    return tuple(script for script in named(top, paths) if agreed(top, script) or asked(top, script))


def named(top: Path, paths: tuple[str, ...]) -> list[Script]:
    """Raises TaskError where a file is unfit."""
    try:
        found = scripts(top, paths)
        for script in found:
            functions(script)
    except ToolError as e:
        raise TaskError(f"the repository's setting `tools`: {e}.") from e
    return found


def asked(top: Path, script: Script) -> bool:
    say(f"the repository brings tools for the model, which run in the sandbox, in {script.path}:")
    for tool in functions(script):
        say(plain(f"  {tool.name}: {' '.join(tool.description.split())[:200]}"))
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        say(f"they are left out: {LATER.format(top=top)}")
        return False
    sys.stderr.write("offer them to the model? [y/N] ")
    sys.stderr.flush()
    if os.fsdecode(sys.stdin.buffer.readline()).strip().lower() not in ("y", "yes"):
        return False
    agree(top, script)
    return True
