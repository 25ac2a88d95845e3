"""Which files are tests, and which decide how tests run, by their names and sections. Pure."""

import json
import re
import sys
from collections.abc import Mapping

TESTS = (
    r"(^|/)(tests?|testing|__tests__|spec|__snapshots__|golden|golden_files|testdata|test_data|cassettes)/"
    r"|(^|/)(test_[^/]*|[^/]*_test\.\w+|[^/]*\.(test|spec)\.\w+|[^/]*_spec\.rb|[^/]*\.snap)$"
    r"|(^|/)(conftest\.py|pytest\.ini|tests\.py|test\.[cm]?[jt]sx?)$"
    r"|(^|/)(testutils?|test_?helpers?|tests?_?support|(\w+_)?fixtures)\.\w+$"
)
"""Tests, the data of tests, and what only tests use."""
STEERS = (
    r"(^|/)(conftest|sitecustomize|usercustomize)\.py$|(^|/)\.?pytest\.(ini|toml)$|\.pth$"
    r"|(^|/)(unittest\.cfg|\.unittest\.cfg|nose2?\.cfg|\.coveragerc|\.pdbrc|\.env|pyvenv\.cfg|noxfile\.py)$"
    r"|(^|/)(GNUm|m|M)akefile$|(^|/)(justfile|Justfile|Taskfile\.ya?ml|\.gitattributes|\.gitmodules)$"
    r"|\.(egg|dist)-info/|(^|/)node_modules/|(^|/)__pycache__/|\.py[co]$"
    r"|(^|/)(jest|vitest|vite|babel|karma|playwright|cypress|ava|wallaby|nyc)\.(config|conf)\.\w+$"
    r"|(^|/)\.(babelrc|mocharc|swcrc|nycrc|c8rc|npmrc|yarnrc|taprc)(\.\w+)*$"
    r"|(^|/)(jest|vitest|test)[.-]?setup\.\w+$|(^|/)setup-?[tT]ests?\.\w+$"
    r"|(^|/)\.cargo/config(\.toml)?$|(^|/)\.config/nextest\.toml$|(^|/)go\.work$"
    r"|(^|/)\.rspec(-local)?$|(^|/)(spec|rails|test)_helper\.rb$|(^|/)Rakefile$|(^|/)phpunit(\.dist)?\.xml(\.dist)?$"
)
"""Files that a test runner, what starts it, or the language itself runs or obeys by their name alone."""
BUILT = (
    r"(^|/)(\.github/workflows/.*|\.circleci/.*|\.gitlab-ci\.yml|\.travis\.yml|azure-pipelines\.yml|Jenkinsfile)$"
    r"|(^|/)(poetry|uv|pdm|Pipfile|Cargo|Gemfile|composer|flake)\.lock$|(^|/)(package-lock\.json|yarn\.lock|go\.sum)$"
    r"|(^|/)(setup\.py|hatch_build\.py|build\.rs|pnpm-lock\.yaml)$|(^|/)requirements[^/]*\.txt$"
)
"""Where and with what the tests run elsewhere: the settings of CI, lock files, what builds the project."""
SECTIONS = {
    "pyproject.toml": r"tool\.(pytest|coverage|tox|nox|hatch\.envs|pdm\.scripts|poe|taskipy)\b|.*pytest11",
    "setup.cfg": r"tool:pytest|aliases|coverage:|options\.entry_points",
    "tox.ini": r"pytest|testenv|tox\]|coverage:",
    "Cargo.toml": r"profile|test\]|lib\]|patch|replace",
}
"""Files of which some sections steer the tests, and how their headers begin."""
PLACES = r"(?m)^(replace|exclude|toolchain)\b.*(?:\n\t.*)*"
"""What of a go.mod says where code comes from."""
RUNNER = frozenset({"pytest", "_pytest", "pluggy", "iniconfig"})
PROGRAMS = (
    r"(^|/)(python[\d.]*|py\.?test[\d.-]*|pytest|tox|nox|coverage|unittest|node|nodejs|npm|npx|yarn|pnpm|bun|jest|vitest"
    r"|mocha|go|cargo|rustc|make|sh|bash|env|git|ruby|rspec|bundle|rake|php|phpunit|mvnw?|gradlew?|ctest|cmake)$"
)
"""Names of programs that run tests. A file of the project that is called so may be found in their place."""


def is_test(name: str) -> bool:
    """Whether a path is a test, data that tests use, or the runner's own."""
    return bool(re.search(TESTS, name))


def by_name(name: str) -> bool:
    """Whether a file steers the tests whatever is in it."""
    return bool(re.search(STEERS, name) or re.search(PROGRAMS, name))


def steering(name: str, text: str) -> object:
    """What of a file steers the tests, to be compared; nothing where it has no such parts."""
    last = name.rpartition("/")[2]
    if last in SECTIONS:
        parts = re.split(r"^(?=\[)", text, flags=re.MULTILINE)
        return [part.strip() for part in parts if re.match(rf"\[+\s*({SECTIONS[last]})", part)]
    if last == "package.json":
        return package(text)
    if last == "go.mod":
        return re.findall(PLACES, text)
    return None


def package(text: str) -> Mapping[str, object]:
    """What of a package.json runs tests, or stands in the place of packages."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    found = found if isinstance(found, dict) else {}
    keys = (
        "scripts",
        "jest",
        "mocha",
        "ava",
        "vitest",
        "babel",
        "c8",
        "nyc",
        "overrides",
        "resolutions",
        "imports",
    )
    return {key: found.get(key) for key in keys} | {
        "type": [name for name in ("main", "exports") if name in found and "test" in str(found[name])]
    }


def shadows(name: str) -> bool:
    """Whether a file at the top would be imported in place of the runner's own or the standard library's."""
    return top(name) in RUNNER | sys.stdlib_module_names - {"test"}


def top(name: str) -> str:
    """The module or package that a file at the top brings; empty where it is none."""
    first = re.sub(r"^(src|lib)/", "", name).partition("/")[0]
    return re.sub(r"\.(py|so|pyd)$|\.cpython-.*$", "", first) if re.search(r"\.(py|so|pyd)$", name) else ""
