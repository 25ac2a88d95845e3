"""How a command ends: every known error as one sentence and its exit code, a bug with its traceback."""

import errno
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from ..sandbox.readable import readable
from ..sandbox.secrets import ours

OK, NOT_VERIFIED, INPUT, MODEL, MACHINE, LIMIT, BUG, INTERRUPTED = 0, 1, 2, 3, 4, 5, 70, 130
FULL = (errno.ENOSPC, errno.EDQUOT)


def run_command(command: Callable[[], int]) -> int:
    """Run a command; its exit code, or the one that its error has."""
    from ..agent.control import Stopped
    from ..agent.models.base import ModelError
    from ..agent.run import state
    from ..agent.task import TaskError
    from ..sandbox.base import SandboxError
    from ..sandbox.checkout import CheckoutError
    from ..sandbox.patch import PatchError
    from ..tools.mcp import ServerError

    known = {
        TaskError: INPUT,
        CheckoutError: INPUT,
        PatchError: INPUT,
        ServerError: MACHINE,
        ModelError: MODEL,
        SandboxError: MACHINE,
    }
    try:
        return command()
    except tuple(known) as e:
        say(str(e))
        return next(code for kind, code in known.items() if isinstance(e, kind))
    except (Stopped, KeyboardInterrupt):
        say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # nobody reads any more
        return OK
    except OSError as e:
        if e.errno not in FULL:
            return bug(e, state())
        say(f"the disk is full: {e.strerror} while writing below {state()}. Free some space and start again.")
        return MACHINE
    except Exception as e:
        return bug(e, state())


def bug(error: BaseException, folder: Path) -> int:
    """Our own error: its traceback, kept in a file too."""
    text = ours().redact("".join(traceback.format_exception(error)))
    place = folder / "bug.txt"
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    except OSError:
        place = Path("nowhere: it could not be written")
    sys.stderr.write(text)
    say(f"this is a bug in patchwright; the traceback is kept in {place}")
    return BUG


def say(text: str) -> None:
    """One line of talk, on standard error, without secrets."""
    print(f"patchwright: {readable(os.fsencode(ours().redact(text)))}", file=sys.stderr, flush=True)
