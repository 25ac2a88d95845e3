"""What a version has no business with: a score is read from what the scorer prints, and that runs in one process with it.

By syntax, and only what the file does not do already. What knows this can still get past it.
"""

import ast

from ...verify.parse import parse
from ...verify.tricks import dotted, imported, tricks
from .site import Site, Unusable

SPEAKING = (
    *("print", "open", "input", "breakpoint", "exit", "quit", "exec", "eval", "compile", "globals"),
    *("SystemExit", "KeyboardInterrupt", "__import__", "__builtins__", "builtins", "importlib", "runpy"),
    *("sys.stdout", "sys.__stdout__", "sys.exit", "sys.modules", "sys._getframe", "inspect", "gc", "ctypes"),
    *("os.write", "os.fdopen", "os.dup2", "os._exit", "os.abort", "os.kill", "os.killpg", "os.system"),
    *("os.popen", "os.fork", "os.execv", "os.execve", "os.execvp", "subprocess", "multiprocessing"),
    *("signal", "atexit", "pty", "socket", "threading"),
)
"""What prints, ends the process, starts others, or reaches into the code that measures."""


def check(site: Site, code: str) -> None:
    """Raises Unusable where a version newly does what could forge a score, or what no verdict would let pass."""
    before, after = site.text, site.with_version(code)
    for what in sorted(spoken(after) - spoken(before)):
        raise Unusable(f"it uses {what}, and only the scorer's own words are to count")
    for finding in tricks(site.path, before, after):
        if finding.severity == "error":
            raise Unusable(finding.message)


def spoken(text: str) -> set[str]:
    """Which of those a file speaks of; a name that it sets itself is its own."""
    tree = parse(text)
    names, nodes = imported(tree), list(ast.walk(tree))
    own = {n.id for n in nodes if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    own |= {n.arg for n in nodes if isinstance(n, ast.arg)}
    said = {dotted(n, names) for n in nodes if isinstance(n, ast.Name | ast.Attribute)} - own
    said |= set(names.values())
    return {what for what in SPEAKING if any(f"{name}.".startswith(f"{what}.") for name in said)}
