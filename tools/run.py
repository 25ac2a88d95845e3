"""Running commands."""

from typing import Annotated, Any

from pydantic import Field

from ..sandbox.workspace import Workspace
from .base import tool


@tool
def run(
    workspace: Workspace,
    command: Annotated[str, Field(min_length=1)],
    seconds: Annotated[int, Field(ge=1, le=3600, description="time limit")] = 120,
) -> tuple[str, dict[str, Any]]:
    """Run a shell command at the repository's top; no input, no network. Its processes end with it."""
    done = workspace.shell(command, seconds)
    output = done.output.rstrip("\n") or "(no output)"
    end = f"\n[{done.ended} after {done.seconds:.0f} s; all its processes were killed]" if done.ended else ""
    code = f"\n[exit code {done.code}]" if done.code and not done.ended else ""
    return output + end + code, done.model_dump(exclude={"output"})
