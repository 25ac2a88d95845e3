"""Running commands, to their end or beside others."""

from typing import Annotated, Any

from pydantic import Field

from ..sandbox.base import JobError
from ..sandbox.workspace import Workspace
from .base import ToolError, tool
from .clip import clip

SHOWN = 9_000
"""Characters of an output that the model sees; all of a longer one is in a file that it can read."""
Command = Annotated[str, Field(min_length=1)]


@tool
def run(
    workspace: Workspace,
    command: Command,
    seconds: Annotated[int, Field(ge=1, le=3600, description="time limit")] = 120,
) -> tuple[str, dict[str, Any]]:
    """Run a shell command at the repository's top; no input, no network. Its processes end with it."""
    done = workspace.shell(command, seconds, keep=True)
    notes = [f"[exit code {done.code}]"] if done.code and not done.ended else []
    if done.ended:
        how = done.ended if done.ended in ("timed out", "stopped") else f"killed: {done.ended},"
        notes.append(f"[{how} after {done.seconds:.0f} s; all its processes were killed]")
    if done.note:
        notes.append(f"[{done.note}]")
    if done.code == 127 and not done.ended:
        notes += workspace.hints()
    text = shown(done.output, done.kept)
    return "\n".join([text, *notes]), done.model_dump(exclude={"output"})


@tool
def start(workspace: Workspace, command: Command) -> str:
    """Start a shell command that goes on while you do other things, say a server. `job` shows what it prints."""
    try:
        return f"job {workspace.start(command)} is started"
    except JobError as e:
        raise ToolError(str(e)) from e


@tool
def job(
    workspace: Workspace,
    number: int,
    seconds: Annotated[int, Field(ge=0, le=600, description="wait so long for output")] = 0,
    stop: bool = False,
) -> tuple[str, dict[str, Any]]:
    """What a started job has printed since you last asked, and whether it runs; or stop it."""
    try:
        found = workspace.sandbox.ask(number, seconds=seconds, stop=stop)
    except JobError as e:
        raise ToolError(str(e)) from e
    state = "runs" if found.running else f"ended: {found.ended or f'exit code {found.code}'}"
    left = f"[… {found.left_out} bytes left out …]\n" if found.left_out else ""
    return f"{left}{shown(found.output, found.kept)}\n[job {number} {state}]", {"waiting": found.running}


def shown(output: str, kept: str) -> str:
    """An output as the model gets it, and where the rest of it is."""
    text = output.rstrip("\n")
    if not text:
        return "(no output)"
    where = f"\n[all of it is in {kept}: read it with start and lines]" if kept and len(text) > SHOWN else ""
    return clip(text, SHOWN) + where
