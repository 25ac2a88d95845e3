"""The packages that a patch newly depends on: whether they are what they seem. Pure, but for the registry's answers."""

import ast
import json
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from .delta import Changed
from .finding import Finding, Severity
from .lookalike import normal, resembles
from .parse import parse
from .popular import BAD, NPM, PYPI

REQUIREMENT = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*((?:[<>=!~^]|@|===).*)?$")
LISTS = re.compile(
    r"(^|/)([^/]*requirements[^/]*\.(txt|in)|requirements/[^/]+\.(txt|in)|constraints[^/]*\.txt)$"
)
KNOWN = {"pypi": PYPI, "npm": NPM}


class Dependency(NamedTuple):
    registry: str
    """pypi or npm."""
    name: str
    version: str
    """What is asked for, as written; empty: whatever there is."""
    path: str
    line: int = 0


def added(changes: Sequence[Changed]) -> list[Dependency]:
    """The dependencies that the files of a patch name and named nowhere before, or named in another version."""
    before = {key(d) for c in changes for d in declared(c.path, c.before)}
    after = [d for c in changes for d in declared(c.path, c.after)]
    return [*{key(d): d for d in after if key(d) not in before}.values()]


def key(one: Dependency) -> tuple[str, str, str]:
    return one.registry, normal(one.name) if one.registry == "pypi" else one.name, one.version


def declared(path: str, text: str) -> Iterator[Dependency]:
    """What a file names that says what a project needs. One that cannot be read names nothing."""
    last = path.rpartition("/")[2]
    try:
        if not text:
            found: Iterator[tuple[str, str, str]] = iter(())
        elif LISTS.search(path):
            found = (("pypi", *one) for one in map(required, text.splitlines()) if one)
        elif last == "pyproject.toml":
            found = (("pypi", *one) for one in of_project(tomllib.loads(text)))
        elif last == "Pipfile":
            found = (("pypi", *one) for one in of_pipfile(tomllib.loads(text)))
        elif last in ("setup.cfg", "setup.py"):
            found = (("pypi", *one) for one in of_setup(text, last))
        elif last == "package.json":
            found = (("npm", *one) for one in of_package(json.loads(text)))
        else:
            found = iter(())
        rows = text.splitlines()
        for registry, name, wanted in found:
            word = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
            line = next((n for n, row in enumerate(rows, 1) if word.search(row)), 0)
            yield Dependency(registry, name, wanted.strip(), path, line)
    except (SyntaxError, ValueError, TypeError, AttributeError, RecursionError):
        return


def required(row: str) -> tuple[str, str] | None:
    """A line of a requirements file, or one string of a list of requirements."""
    plain = re.split(r"\s#|;|\s--", row, maxsplit=1)[0].rstrip("\\ ")
    found = REQUIREMENT.match(plain)
    return (found[1], found[2] or "") if found and not row.lstrip().startswith(("#", "-")) else None


def of_project(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    project = data.get("project", {})
    lists = [
        project.get("dependencies", []),
        data.get("build-system", {}).get("requires", []),
        *project.get("optional-dependencies", {}).values(),
        *data.get("dependency-groups", {}).values(),
    ]
    yield from (one for each in lists for row in each if isinstance(row, str) and (one := required(row)))
    poetry = data.get("tool", {}).get("poetry", {})
    groups = [poetry, *poetry.get("group", {}).values()]
    for group in groups:
        for field in ("dependencies", "dev-dependencies"):
            yield from versions(group.get(field, {}))


def of_pipfile(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for field in ("packages", "dev-packages"):
        yield from versions(data.get(field, {}))


def versions(table: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, wanted in table.items():
        if name != "python":
            plain = wanted if isinstance(wanted, str) else str(wanted.get("version", wanted.get("git", "")))
            yield name, "" if plain == "*" else plain


def of_setup(text: str, name: str) -> Iterator[tuple[str, str]]:
    """The requirements of setup.cfg, and those that setup.py gives as plain strings."""
    if name == "setup.py":
        rows = [row for value in arguments(parse(text)) for row in strings(value)]
    else:
        parts = re.findall(
            r"^(?:install|tests|setup)_requires\s*=((?:.*\n)(?:[ \t]+.*\n?)*)", text, re.MULTILINE
        )
        rows = [row for part in parts for row in part.splitlines()]
    yield from (one for row in rows if (one := required(row)))


def arguments(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg and node.arg.endswith(("_requires", "extras_require")):
            yield node.value


def strings(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.List(elts=several) | ast.Tuple(elts=several) | ast.Dict(values=several):
            for one in several:
                yield from strings(one)
        case _:
            pass


def of_package(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for field in ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies"):
        yield from ((name, str(wanted)) for name, wanted in data.get(field, {}).items())


def judged(
    found: Sequence[Dependency], exists: Callable[[Dependency], bool | None] | None = None
) -> Iterator[Finding]:
    """What is wrong with new dependencies. `exists`: whether a registry has one, None where it does not say."""
    for one in found:
        if bad(one):
            which = f" {one.version}" if one.version else ""
            yield told(
                one,
                "known-bad-release",
                "error",
                f"{one.name}{which} may install a release that is known to be malicious",
            )
        elif like := resembles(one.name, KNOWN[one.registry]):
            yield told(one, "look-alike", "error", f"{one.name} is not {like}, and looks like it")
        elif exists and exists(one) is False:
            yield told(one, "not-on-registry", "error", f"there is no package {one.name} on {one.registry}")
        elif not one.version or one.version in ("*", "latest"):
            yield told(one, "unpinned", "note", f"{one.name} is new, in whatever version there is")


def bad(one: Dependency) -> bool:
    """Whether the very release is asked for, or a package of which none is good."""
    name = normal(one.name) if one.registry == "pypi" else one.name
    releases = BAD[one.registry].get(name)
    if releases is None:
        return False
    wanted = re.sub(r"^(===?|v|=)\s*", "", one.version.split(",")[0].strip())
    return not releases or wanted in releases


def told(one: Dependency, rule: str, severity: Severity, what: str) -> Finding:
    return Finding(check="api", rule=rule, severity=severity, message=what, path=one.path, line=one.line)
