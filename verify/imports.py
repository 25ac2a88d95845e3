"""Which of a tree's Python files imports which: run inside the sandbox, on whatever Python there is."""

import ast
import json
import os

LEFT_OUT = ("node_modules", "site-packages", "build", "dist")


def main():
    files = list(python_files("."))
    known = {}
    for path in files:
        for name in names_of(path):
            known.setdefault(name, path)
    print(json.dumps({path: sorted(imported(path, known)) for path in files}))


def python_files(top):
    for folder, folders, names in os.walk(top):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in LEFT_OUT]
        for name in names:
            if name.endswith(".py"):
                yield os.path.relpath(os.path.join(folder, name), top)


def names_of(path):
    """The names that a file may be imported by: from the top, from `src`, and from its own folder."""
    parts = path[:-3].split("/")
    if parts[-1] == "__init__":
        parts = parts[:-1]
    names = [".".join(parts)]
    for first in ("src", "lib", "python"):
        if parts[:1] == [first]:
            names.append(".".join(parts[1:]))
    return [name for name in names if name]


def imported(path, known):
    """The files that a file imports, and the packages around those."""
    try:
        with open(path, "rb") as f:
            tree = ast.parse(f.read())
    except (SyntaxError, ValueError, OSError, RecursionError, MemoryError):
        return set()
    package = path.split("/")[:-1]
    found = set()
    for node in ast.walk(tree):
        wanted = []
        if isinstance(node, ast.Import):
            wanted = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join(above + ([node.module] if node.module else []))
            wanted = [module] + [module + "." + alias.name for alias in node.names]
        for name in wanted:
            beside = ".".join(package + [name])
            found.update(known[n] for n in (name, beside) if n in known and known[n] != path)
    return found
