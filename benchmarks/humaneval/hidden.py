"""The score: a problem's hidden tests on a module's source, in a sandbox."""

import secrets

from ..proof import cell
from .problems import Problem

SECONDS = 20.0
"""For one module and all its tests; a machine may be busy."""
RUN = ("python3", "-c", "import program")  # as a module: what stands under a __main__ guard is not meant


def passes(problem: Problem, source: str) -> bool:
    """Whether a module's function passes the tests. That they were run to their end is told by a word of chance,
    since a program may end with 0 before. Raises SandboxError."""
    word = secrets.token_hex(8)
    parts = [source, problem.test, f"check({problem.entry_point})", f"print({word!r})"]
    done = cell.run({"program.py": "\n\n".join(parts) + "\n"}, RUN, SECONDS)
    return done.ok and done.output.rstrip().endswith(word)
