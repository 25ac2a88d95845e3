"""One run of the command that prints the number, on the files as they are."""

import shlex
from collections.abc import Callable
from secrets import token_hex

from ...sandbox.base import Completed, Frozen
from ...sandbox.workspace import Workspace
from .numbers import NoScore, Numbers, numbers

ERRORS = 2_000
"""Bytes of standard error that are kept: its end, which says what went wrong."""
APART = """
errors=$(mktemp) || exit 1
( eval {command} ) 2> "$errors"
code=$?
printf '\\n%s\\n' {token}
tail -c {errors} "$errors"
rm -f "$errors"
exit $code
"""
"""Only standard output counts, and a sandbox tells both as one."""


class Measured(Frozen):
    """What a run came to: numbers, or the reason why there are none."""

    numbers: Numbers | None = None
    reason: str = ""
    seconds: float = 0.0


def measure(
    workspace: Workspace, command: str, seconds: float, check: Callable[[], None] = lambda: None
) -> Measured:
    """Run the command. `check` raises where it was ended because somebody asked for it."""
    token = token_hex(8)
    script = APART.format(command=shlex.quote(command), token=token, errors=ERRORS)
    done = workspace.shell(script, seconds)
    check()
    printed, _, errors = done.output.rpartition(f"\n{token}\n")
    try:
        if not done.ok:
            raise NoScore(failure(done, errors or done.output))
        return Measured(numbers=numbers(printed), seconds=done.seconds)
    except NoScore as e:
        return Measured(reason=str(e), seconds=done.seconds)


def failure(done: Completed, errors: str) -> str:
    """Why a command failed, with the last that it said."""
    if done.ended:
        return f"it was ended: {done.ended}" + (
            f" after {done.seconds:.0f} s" if done.ended == "timed out" else ""
        )
    rows = [row.strip() for row in errors.splitlines() if row.strip()]
    return f"it ends with {done.code}" + (f": {rows[-1][:200]}" if rows else "")
