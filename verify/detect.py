"""The test command that a project's files suggest."""

import re
from collections.abc import Callable, Iterator, Mapping
from secrets import token_hex

from ..sandbox.base import Frozen
from ..sandbox.workspace import Workspace

SHOWN = 4
"""Other suites that are named."""

PROBE = r"""
python=$(command -v python >/dev/null && echo python || echo python3)
part() { printf '\n%s %s\n' "$token" "$1"; }
part ls; ls -A | head -2000
part tests; ls -A tests test spec 2>/dev/null | head -2000
part python; echo "$python"
ls *.py pyproject.toml setup.cfg tox.ini *test*.ini tests/*.py test/*.py 2>/dev/null | grep -q . &&
  $python -c 'from importlib.util import find_spec as f
for name in ("pytest", "django"):
    if f(name): print(name)' 2>/dev/null
part have; for name in bundle composer phpunit cargo-nextest; do command -v $name; done
for file in pyproject.toml setup.cfg tox.ini package.json composer.json Cargo.toml CMakeLists.txt Makefile Gemfile; do
  [ -f "$file" ] && part "$file" && head -c 60000 "$file"
done
part ci; cat .github/workflows/*.yml .github/workflows/*.yaml .gitlab-ci.yml .travis.yml .circleci/config.yml 2>/dev/null |
  grep -E '\b(pytest|tox|nox|test|rspec|phpunit|jest|mocha|vitest|ctest|mvnw?|gradlew?)\b' | head -60
part nested; find . -mindepth 2 -maxdepth 3 \( -name node_modules -o -name vendor -o -name '.*' -o -name target \) -prune -o \
  \( -name package.json -o -name go.mod -o -name Cargo.toml -o -name pyproject.toml -o -name pom.xml \) -print | sort | head -40
true
"""
"""One command in the sandbox, which lies on the way to the first result: what there is, and the files that tell."""

Facts = Mapping[str, str]


class Detected(Frozen):
    """A test command, and what it leaves out."""

    command: str = ""
    others: tuple[str, ...] = ()
    """Other suites of the repository, in words."""

    @property
    def note(self) -> str:
        if not self.others:
            return ""
        more = f" and {len(self.others) - SHOWN} more" if len(self.others) > SHOWN else ""
        return f"not run: {', '.join(self.others[:SHOWN])}{more}; name another command with --test"


def detect(workspace: Workspace) -> Detected:
    """Look at the project's files; an empty command where nothing suggests one."""
    token = token_hex(8)
    done = workspace.sandbox.run(["sh", "-c", f"token={token}\n{PROBE}"])
    facts: dict[str, str] = {}
    for part in done.output.split(f"\n{token} ")[1:]:
        name, _, body = part.partition("\n")
        facts[name] = body.strip("\n")
    return choose(facts)


def script(text: str) -> str:
    """What `npm test` or `composer test` runs."""
    from .runners import script  # they are loaded when a test is run

    return script(text)


def choose(facts: Facts) -> Detected:
    """The first of the commands that the files suggest, best evidence first, and what else is there. Pure."""
    found = dict.fromkeys(command for rule in RULES for command in rule(facts))
    if not found:
        found = dict.fromkeys(continuous(facts))
    first, *rest = [*found] or [""]
    others = [f"`{command}`" for command in rest if command not in WRAPPERS or not first]
    return Detected(command=first, others=(*others, *nested(facts, first)))


def names(facts: Facts, part: str = "ls") -> set[str]:
    return set(facts.get(part, "").split("\n"))


def python(facts: Facts) -> Iterator[str]:
    """pytest where it is configured or can run the tests, else Django's or unittest's own."""
    here, there = names(facts), names(facts, "tests")
    tool, *modules = facts.get("python", "python3").split("\n")
    tests = {name for name in here | there if re.fullmatch(r"test_.*\.py|.*_test\.py", name)}
    settings = (facts.get("pyproject.toml", ""), facts.get("setup.cfg", ""), facts.get("tox.ini", ""))
    configured = bool({"pytest.ini", ".pytest.ini", "pytest.toml"} & here) or any(
        re.search(r"^\[(tool\.pytest.*|tool:pytest|pytest)\]", text, re.MULTILINE) for text in settings
    )
    if "manage.py" in here and "django" in modules and not configured:
        yield f"{tool} manage.py test -v 2"
    elif "runtests.py" in there and "django" in here:
        yield f"{tool} tests/runtests.py -v 2"
    elif configured or "conftest.py" in here | there or tests:
        yield pytest_or_unittest(facts, tool, "pytest" in modules)


def pytest_or_unittest(facts: Facts, tool: str, has_pytest: bool) -> str:
    if has_pytest:
        return f"{tool} -m pytest"
    inner = not {name for name in names(facts) if name.startswith("test") and name.endswith(".py")}
    loose = inner and "tests" in names(facts) and "__init__.py" not in names(facts, "tests")
    return f"{tool} -m unittest discover -v -s tests" if loose else f"{tool} -m unittest -v"


def packaged(facts: Facts) -> Iterator[str]:
    """A Python project of which no test is in sight at the top."""
    if {"pyproject.toml", "setup.py", "setup.cfg"} & names(facts):
        tool, *modules = facts.get("python", "python3").split("\n")
        yield pytest_or_unittest(facts, tool, "pytest" in modules)


def compiled(facts: Facts) -> Iterator[str]:
    here, cargo, cmake = names(facts), facts.get("Cargo.toml", ""), facts.get("CMakeLists.txt", "")
    if "Cargo.toml" in here:
        whole = " --workspace" if re.search(r"^\[workspace\]", cargo, re.MULTILINE) else ""
        nextest = "cargo-nextest" in facts.get("have", "") and "nextest" in facts.get("ci", "")
        yield f"cargo nextest run{whole}" if nextest else f"cargo test{whole}"
    if "go.mod" in here:
        yield "go test ./..."
    if "pom.xml" in here:
        yield "./mvnw -B test" if "mvnw" in here else "mvn -B test"
    if {"build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts"} & here:
        yield "./gradlew test" if "gradlew" in here else "gradle test"
    if re.search(r"enable_testing\s*\(|include\s*\(\s*CTest\s*\)", cmake, re.IGNORECASE):
        build = "build=/tmp/build-$(pwd | cksum | tr -cd 0-9)"  # on the host, /tmp is everybody's
        yield f"{build} && cmake -S . -B $build && cmake --build $build -j 2 && ctest --test-dir $build"


def scripted(facts: Facts) -> Iterator[str]:
    here = names(facts)
    if ".rspec" in here or (
        "spec" in here and any(name.endswith("_spec.rb") for name in names(facts, "tests"))
    ):
        bundled = "rspec" in facts.get("Gemfile", "") and "bundle" in facts.get("have", "")
        yield "bundle exec rspec" if bundled else "rspec"
    if {"phpunit.xml", "phpunit.xml.dist", "phpunit.dist.xml"} & here:
        yield (
            "vendor/bin/phpunit" if "vendor" in here or "phpunit" not in facts.get("have", "") else "phpunit"
        )
    test = script(facts.get("package.json", ""))
    if test and "no test specified" not in test:
        managers = {
            "pnpm-lock.yaml": "pnpm test",
            "yarn.lock": "yarn test",
            "bun.lockb": "bun run test",
            "bun.lock": "bun run test",
        }
        yield next((command for file, command in managers.items() if file in here), "npm test --silent")


def wrapped(facts: Facts) -> Iterator[str]:
    """What calls some runner or other."""
    if script(facts.get("composer.json", "")) and "composer" in facts.get("have", ""):
        yield "composer test"
    if target := re.search(r"^(test|check)\s*:(?!=)", facts.get("Makefile", ""), re.MULTILINE):
        yield f"make {target[1]}"
    if re.search(r"^\[(tox|testenv)", facts.get("tox.ini", ""), re.MULTILINE):
        yield "tox"
    if "noxfile.py" in names(facts):
        yield "nox"


def continuous(facts: Facts) -> Iterator[str]:
    """A single test command that continuous integration runs."""
    pattern = r"^\s*(?:-\s+)?(?:(?:run|script|command):\s*)?[\"']?((?:[\w./-]+ )*[\w./-]*(?:test|tox|nox|rspec|mocha|jest)\b[\w ./:=-]*)[\"']?\s*$"
    for line in facts.get("ci", "").split("\n"):
        if (found := re.match(pattern, line)) and re.match(COMMANDS, found[1]):
            yield found[1].strip()


COMMANDS = r"(\./\S+|python3?|py\.?test|tox|nox|make|npm|npx|yarn|pnpm|go|cargo|bundle|rake|rspec|composer|phpunit|ctest|mvn|gradle|sbt|mix|dotnet|deno|bun|just|bazel|swift|zig) ?"
RULES: tuple[Callable[[Facts], Iterator[str]], ...] = (python, compiled, scripted, packaged, wrapped)
WRAPPERS = frozenset({"make test", "make check", "tox", "nox", "composer test"})
"""What most likely runs the same tests again."""


def nested(facts: Facts, command: str) -> Iterator[str]:
    """Projects in folders below, which the command at the top does not reach."""
    covers = {"pyproject.toml": "pytest", "Cargo.toml": "cargo", "pom.xml": "mvn"}
    for path in filter(None, facts.get("nested", "").split("\n")):
        folder, _, name = path.removeprefix("./").rpartition("/")
        if covers.get(name, "\n") not in command:
            yield f"{folder}/ ({name})"
