"""What a project's files say of its language: the image that has it, and how its dependencies are installed."""

import json
import re
import shlex
import tomllib
from collections.abc import Mapping
from typing import Any, Protocol

from .base import Frozen

PYTHONS = (12, 11, 10, 9, 13, 8, 14, 7)
"""Minor versions, those first that most projects run on."""
PYTHON = (
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "requirements.txt",
    "pytest.ini",
    "conftest.py",
    "tox.ini",
)
TEST = re.compile(r"(tests?/)?test_[^/]*\.py$")
REQUIREMENTS = re.compile(
    r"(requirements|constraints)([-_.][\w.-]+)?\.txt$|requirements/[\w.-]+\.txt$|(dev|test)[-_]requirements\.txt$"
)
WANTED = re.compile(
    r"(requirements|requirements[-_](dev|tests?)|(dev|test)[-_]requirements|requirements/(base|dev|tests?))\.txt$"
)
EXTRAS = ("test", "tests", "testing", "dev")
DECIDE = (
    *("pyproject.toml", "setup.py", "setup.cfg", ".python-version", "uv.lock", "poetry.lock"),
    *("package.json", "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", ".nvmrc"),
    *("go.mod", "go.sum", "Cargo.toml", "Cargo.lock", "rust-toolchain", "rust-toolchain.toml"),
)


class Files(Protocol):
    """A base's files: their paths, each with an id of its content, and their text."""

    @property
    def names(self) -> Mapping[str, str]: ...

    def read(self, name: str) -> str: ...


class Step(Frozen):
    """A command line that prepares an image, and another that succeeds where it is not needed."""

    run: str
    unless: str = ""


def default(files: Files) -> tuple[str, str] | None:
    """The image that the project's language asks for, and what says so."""
    if is_python(files):
        minor, why = python(files)
        return f"python:3.{minor}-slim", why
    if "Cargo.toml" in files.names:
        return "rust:1-slim", "Cargo.toml"
    if "go.mod" in files.names:
        found = re.search(r"^go (\d+\.\d+)", files.read("go.mod"), re.MULTILINE)
        return f"golang:{found[1] if found else '1'}", "go.mod"
    if "package.json" in files.names:
        major, why = node(files)
        return f"node:{major}-slim", why
    return None


def is_python(files: Files) -> bool:
    return any(name in PYTHON or TEST.match(name) for name in files.names)


def python(files: Files) -> tuple[int, str]:
    """Python's minor version, and what it was chosen from."""
    if ".python-version" in files.names:
        found = re.match(r"\s*(?:cpython-)?3\.(\d+)", files.read(".python-version"))
        if found:
            return int(found[1]), ".python-version"
    project = table(files, "pyproject.toml").get("project", {})
    asked, where = str(project.get("requires-python", "")), "requires-python in pyproject.toml"
    for name in ("setup.cfg", "setup.py"):
        if not asked and name in files.names:
            found = re.search(r"python_requires\s*=\s*[\"']?([^\"'\n#]+)", files.read(name))
            asked, where = (found[1].strip(), f"python_requires in {name}") if found else ("", where)
    fit = [minor for minor in PYTHONS if allows(asked, minor)] or list(PYTHONS)
    listed = re.findall(
        r"Programming Language :: Python :: 3\.(\d+)", " ".join(project.get("classifiers", ()))
    )
    if known := [minor for minor in map(int, listed) if minor in fit]:
        return next((m for m in fit if m in known), fit[0]), "the classifiers in pyproject.toml"
    return fit[0], where if asked else "the Python files; no version is named"


def allows(asked: str, minor: int) -> bool:
    """Whether a version specifier like `>=3.9,<3.13` takes in 3.minor."""
    for sign, major, low in re.findall(r"(~=|===?|!=|<=|>=|<|>)\s*(\d+)(?:\.(\d+))?", asked):
        here, there = (3, minor), (int(major), int(low or 0))
        exact = here == there or (not low and major == "3")
        fits = {
            "<": here < there,
            "<=": here <= there,
            ">": here > there,
            ">=": here >= there,
            "!=": here != there,
        }
        if not fits.get(sign, exact if sign != "~=" else here >= there and here[0] == there[0]):
            return False
    return True


def node(files: Files) -> tuple[str, str]:
    for name in (".nvmrc", ".node-version"):
        if name in files.names and (found := re.match(r"\s*v?(\d+)", files.read(name))):
            return found[1], name
    try:
        engines = json.loads(files.read("package.json")).get("engines", {})
        found = re.search(r"\d+", str(engines.get("node", "")))
    except (ValueError, AttributeError):
        found = None
    return (found[0], "engines in package.json") if found else ("22", "package.json; no version is named")


def deciding(files: Files) -> list[str]:
    """The files that decide on what is installed."""
    return sorted(name for name in files.names if name in DECIDE or REQUIREMENTS.match(name))


def dependencies(files: Files) -> list[Step]:
    """What installs what the project needs, run as root in its folder with the network on."""
    names = files.names
    steps = python_steps(files) if is_python(files) else []
    if "package.json" in names:
        # Beside the working copy, which is laid over this folder later: node looks for modules in the folders above.
        how = "npm ci" if {"package-lock.json", "npm-shrinkwrap.json"} & names.keys() else "npm install"
        copy = "cp package.json package-lock.json npm-shrinkwrap.json .npmrc / 2>/dev/null; cd /"
        steps.append(Step(run=f"{copy} && {how} --no-audit --no-fund", unless="! command -v npm"))
    if "go.mod" in names:
        steps.append(Step(run="go mod download", unless="! command -v go"))
    if "Cargo.toml" in names:
        steps.append(Step(run="cargo fetch", unless="! command -v cargo"))
    return steps


INSTALL = "python3 -m pip install --no-input --root-user-action=ignore"
HAVE_PIP = Step(
    run="python3 -m ensurepip || { apt-get update && apt-get install -y python3-pip; }",
    unless="python3 -m pip --version",
)


def python_steps(files: Files) -> list[Step]:
    wanted = [f"-r {name}" for name in sorted(files.names) if WANTED.match(name)]
    about = table(files, "pyproject.toml")
    project, groups = about.get("project", {}), about.get("dependency-groups", {})
    if project or "build-system" in about or "setup.py" in files.names:
        extras = [name for name in EXTRAS if name in project.get("optional-dependencies", {})]
        wanted.append(f"-e '.[{','.join(extras)}]'" if extras else "-e .")
    listed = [item for name in EXTRAS for item in groups.get(name, ()) if isinstance(item, str)]
    wanted += [shlex.quote(item) for item in listed]
    steps = [HAVE_PIP, Step(run=f"{INSTALL} {' '.join(wanted)}")] if wanted else []
    if uses_pytest(files):
        have = "python3 -c 'import pytest'"
        ask = HAVE_PIP.model_copy(update={"unless": f"{have} || {HAVE_PIP.unless}"})
        steps += [ask, Step(run=f"{INSTALL} pytest", unless=have)]
    return steps


def uses_pytest(files: Files) -> bool:
    if any(name.rpartition("/")[2] in ("conftest.py", "pytest.ini") for name in files.names):
        return True
    return any(
        re.search(r"^(import pytest|from pytest)|^def test_", files.read(name), re.MULTILINE)
        for name in [name for name in files.names if TEST.match(name)][:20]
    )


def table(files: Files, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(files.read(name)) if name in files.names else {}
    except tomllib.TOMLDecodeError:
        return {}
