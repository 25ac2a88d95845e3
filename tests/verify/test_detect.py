import re
import shutil
from pathlib import Path

import pytest
from fakes import begun, commit, write_files
from patchwright.verify.detect import Detected, choose, detect

PROJECTS = Path(__file__).parent / "projects"


@pytest.mark.parametrize(
    ("project", "command"),
    [
        ("pytest", "python3? -m pytest"),
        ("unittest", "python3? -m pytest"),  # which runs these too
        ("tox", "python3? -m pytest"),
        ("nox", "python3? -m pytest"),
        ("go", r"go test \./\.\.\."),
        ("cargo", "cargo test"),
        ("jest", "npm test --silent"),
        ("vitest", "npm test --silent"),
        ("mocha", "npm test --silent"),
        ("maven", "mvn -B test"),
        ("gradle", "gradle test"),
        ("rspec", "rspec"),
        ("phpunit", "(vendor/bin/)?phpunit"),
        ("ctest", r"build=/tmp/build-.* && cmake -S \. .* && ctest --test-dir \$build"),
    ],
)
def test_the_command_of_a_real_project_is_found_in_its_files(
    tmp_path: Path, project: str, command: str
) -> None:
    shutil.copytree(PROJECTS / project, tmp_path / "repo")
    commit(tmp_path / "repo", "start", first=True)
    with begun(tmp_path / "repo") as run, run.workspace("1") as workspace:
        found = detect(workspace)
    assert re.fullmatch(command, found.command)
    assert found.others == ()


def test_the_top_is_chosen_and_the_rest_is_named(repo: Path) -> None:
    write_files(
        repo,
        {
            "package.json": '{"scripts": {"test": "jest"}}',
            "Makefile": "test:\n\tpytest\n",
            "web/package.json": "{}",
            "tools/gen/go.mod": "module gen\n",
            "web/node_modules/dep/package.json": "{}",
        },
    )
    commit(repo, "more")
    with begun(repo) as run, run.workspace("1") as workspace:
        found = detect(workspace)
    assert found.command.endswith(" -m pytest")
    assert found.others == ("`npm test --silent`", "tools/gen/ (go.mod)", "web/ (package.json)")
    assert found.note == (
        "not run: `npm test --silent`, tools/gen/ (go.mod), web/ (package.json); name another command with --test"
    )


def test_a_repository_without_tests_names_no_command(repo: Path) -> None:
    for path in repo.glob("*.py"):
        path.unlink()
    commit(repo, "none")
    with begun(repo, test_command="") as run:
        with run.workspace("1") as workspace:
            assert detect(workspace) == Detected()
        assert run.baseline().problem == "the project names no test command"


NPM = '{"scripts": {"test": "vitest run"}}'


@pytest.mark.parametrize(
    ("facts", "command"),
    [
        ({"ls": "setup.py\ntests", "tests": "test_a.py", "python": "python3"}, "python3 -m unittest discover -v -s tests"),
        ({"ls": "setup.py\ntests", "tests": "__init__.py\ntest_a.py", "python": "python3"}, "python3 -m unittest -v"),
        ({"ls": "test_a.py", "python": "python"}, "python -m unittest -v"),
        ({"ls": "src\ntox.ini", "tox.ini": "[pytest]\n", "python": "python3\npytest"}, "python3 -m pytest"),
        ({"ls": "manage.py", "python": "python3\ndjango"}, "python3 manage.py test -v 2"),
        ({"ls": "manage.py\npytest.ini", "python": "python3\npytest\ndjango"}, "python3 -m pytest"),
        ({"ls": "django\ntests", "tests": "runtests.py", "python": "python3\ndjango"}, "python3 tests/runtests.py -v 2"),
        ({"ls": "Cargo.toml\npyproject.toml", "python": "python3\npytest"}, "cargo test"),
        ({"ls": "Cargo.toml", "Cargo.toml": "[workspace]\nmembers = ['a']\n"}, "cargo test --workspace"),
        ({"ls": "Cargo.toml", "have": "/bin/cargo-nextest", "ci": "- run: cargo nextest run"}, "cargo nextest run"),
        ({"ls": "pom.xml\nmvnw"}, "./mvnw -B test"),
        ({"ls": "build.gradle.kts\ngradlew"}, "./gradlew test"),
        ({"ls": "package.json\npnpm-lock.yaml", "package.json": NPM}, "pnpm test"),
        ({"ls": "package.json\nyarn.lock", "package.json": NPM}, "yarn test"),
        ({"ls": "package.json", "package.json": NPM.replace("vitest run", "echo Error: no test specified && exit 1")}, ""),
        ({"ls": "package.json", "package.json": "{"}, ""),
        ({"ls": "spec\nGemfile", "tests": "a_spec.rb", "Gemfile": 'gem "rspec"', "have": "/bin/bundle"}, "bundle exec rspec"),
        ({"ls": "Makefile", "Makefile": "all:\ncheck: all\n"}, "make check"),
        ({"ls": "Makefile", "Makefile": "test := 1\n"}, ""),
        ({"ls": "tox.ini", "tox.ini": "[tox]\n"}, "tox"),
        ({"ls": "noxfile.py"}, "nox"),
        ({"ls": "Makefile", "ci": "    - run: ./scripts/test\n"}, "./scripts/test"),
        ({"ls": "x", "ci": "  script: bazel test //...\nname: test\n  - run: echo test"}, "bazel test //..."),
        ({"ls": "README.md"}, ""),
        ({}, ""),
    ],
)  # fmt: skip
def test_the_best_evidence_comes_first(facts: dict[str, str], command: str) -> None:
    assert choose(facts).command == command
