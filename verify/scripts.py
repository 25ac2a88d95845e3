"""What JavaScript and TypeScript import that is not there. Pure."""

import json
import posixpath
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from .delta import Changed
from .finding import Finding, Severity

CODE = (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts")
ENDINGS = ("", *CODE, ".json", ".d.ts", ".node", ".vue", ".svelte")
IMPORT = re.compile(
    r"""^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*(['"])([^'"\n]+)\1|^\s*import\s*(['"])([^'"\n]+)\3"""
    r"""|\b(?:require|import)\s*\(\s*(['"])([^'"\n]+)\5\s*\)|^\s*\}\s*from\s*(['"])([^'"\n]+)\7""",
)
NODE = frozenset(
    [
        "assert",
        "async_hooks",
        "buffer",
        "child_process",
        "cluster",
        "console",
        "constants",
        "crypto",
        "dgram",
        "diagnostics_channel",
        "dns",
        "domain",
        "events",
        "fs",
        "http",
        "http2",
        "https",
        "inspector",
        "module",
        "net",
        "os",
        "path",
        "perf_hooks",
        "process",
        "punycode",
        "querystring",
        "readline",
        "repl",
        "stream",
        "string_decoder",
        "sys",
        "timers",
        "tls",
        "trace_events",
        "tty",
        "url",
        "util",
        "v8",
        "vm",
        "wasi",
        "worker_threads",
        "zlib",
    ]
)
"""Modules of Node itself: https://nodejs.org/api/"""


def scripts(
    changes: Sequence[Changed],
    files: Collection[str],
    read: Callable[[str], str],
    installed: Callable[[str], bool] | None = None,
) -> Iterator[Finding]:
    """Look at the imports on changed lines. `read` gives a file's text; `installed`: whether
    node_modules has a package, where there is one."""
    folders = {path[:i] for path in files for i, letter in enumerate(path) if letter == "/"}
    for change in changes:
        if not change.path.endswith(CODE) or not change.after:
            continue
        old = {name for _, name in imports(change.before)}
        for line, name in imports(change.after):
            if line not in change.lines or name in old:
                continue
            if name.startswith(("./", "../")) or name in (".", ".."):
                if not leads(change.path, name, files, folders):
                    yield told(change, line, "no-such-file", "error", f"there is no file {name}")
            elif not provided(change.path, name, files, read):
                if installed and installed(package(name)):
                    continue
                severity: Severity = "error" if installed else "warning"
                yield told(
                    change, line, "undeclared-package", severity, f"no package.json names {package(name)}"
                )


def imports(text: str) -> Iterator[tuple[int, str]]:
    for number, row in enumerate(text.split("\n"), 1):
        if not row.lstrip().startswith(("//", "*", "/*")):
            for found in IMPORT.finditer(row):
                yield number, found[2] or found[4] or found[6] or found[8]


def leads(path: str, name: str, files: Collection[str], folders: Collection[str]) -> bool:
    """Whether a relative import finds a file, by Node's rules and those of bundlers."""
    plain = re.sub(r"[?!].*$", "", name)
    target = posixpath.normpath(posixpath.join(posixpath.dirname(path), plain))
    if target.startswith("..") or re.search(
        r"(^|/)(dist|build|lib|out|generated|gen|__generated__|pkg)(/|$)", target
    ):
        return True  # outside, or what a build makes
    stem = re.sub(r"\.[cm]?jsx?$", "", target)
    wanted = {base + end for base in (target, stem) for end in ENDINGS}
    wanted |= {f"{target}/index{end}" for end in ENDINGS} | {f"{target}/package.json"}
    if wanted & set(files) or target == ".":
        return True
    known = re.search(r"\.\w+$", posixpath.basename(target))
    return bool(target in folders or (known and known[0] not in ENDINGS))  # of what a bundler loads


def package(name: str) -> str:
    return "/".join(name.split("/")[: 2 if name.startswith("@") else 1])


def provided(path: str, name: str, files: Collection[str], read: Callable[[str], str]) -> bool:
    """Whether Node, a package.json on the way up, or an alias of the bundler gives a module."""
    own = package(name)
    if name.startswith(
        ("node:", "bun:", "http:", "https:", "data:", "virtual:", "npm:", "jsr:", "/", "#", "~", "$", "@/")
    ):
        return True
    if own in NODE or not re.fullmatch(r"(@[\w.-]+/)?[\w.-]+", own):
        return True
    folder = posixpath.dirname(path)
    seen = False
    while True:
        at = posixpath.join(folder, "package.json")
        if at in files:
            seen = True
            if own in names(read(at)):
                return True
        if not folder:
            break
        folder = posixpath.dirname(folder)
    return not seen or aliased(own, files, read)


def names(text: str) -> set[str]:
    """All that a package.json names, itself and its types' packages with it."""
    try:
        data: Any = json.loads(text)
        found = {str(data.get("name", ""))}
        for field in ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies"):
            found |= set(data.get(field) or {})
    except (ValueError, AttributeError, TypeError):
        return set()
    return found | {
        one.removeprefix("@types/").replace("__", "/") for one in found if one.startswith("@types/")
    }


def aliased(own: str, files: Collection[str], read: Callable[[str], str]) -> bool:
    """Whether some settings file speaks of a name: paths of TypeScript, aliases of bundlers, workspaces."""
    settings = re.compile(
        r"(^|/)((ts|js)config[^/]*\.json|(vite|webpack|rollup|jest|babel|next|vitest)\.config\.\w+|\.babelrc|deno\.json)$"
    )
    if any(f"/{own}/" in f"/{path}" for path in files):
        return True  # a folder of that name: a base URL
    if any(own in named(read(path)) for path in files if path.endswith("package.json")):
        return True  # another package of the repository
    front = re.escape(own.partition("/")[0])
    word = re.compile(rf"[\"'^]({re.escape(own)}|{front})[\"'/*$]")
    return any(word.search(read(path)) for path in files if settings.search(path))


def named(text: str) -> set[str]:
    try:
        return {json.loads(text)["name"]}
    except (ValueError, KeyError, TypeError):
        return set()


def told(change: Changed, line: int, rule: str, severity: Severity, what: str) -> Finding:
    return Finding(check="api", rule=rule, severity=severity, path=change.path, line=line, message=what)
