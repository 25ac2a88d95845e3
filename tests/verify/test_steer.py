"""What steers tests, by name and by section."""

import re

import pytest
from patchwright.verify.steer import BUILT, by_name, is_test, shadows, steering, top


@pytest.mark.parametrize(
    ("text", "name", "found"),
    [
        (
            "[project]\na = 1\n[tool.pytest.ini_options]\nb = 2\n[x]\n",
            "pyproject.toml",
            ["[tool.pytest.ini_options]\nb = 2"],
        ),
        ("[tool.pytest]\nb = 2\n", "pyproject.toml", ["[tool.pytest]\nb = 2"]),
        ("[tool:pytest]\nb = 2\n[flake8]\n", "setup.cfg", ["[tool:pytest]\nb = 2"]),
        ("[flake8]\n[pytest]\nb = 2\n", "tox.ini", ["[pytest]\nb = 2"]),
        ("", "tox.ini", []),
    ],
)
def test_the_section_that_steers_is_found(text: str, name: str, found: list[str]) -> None:
    assert steering(name, text) == found


@pytest.mark.parametrize(
    ("name", "does"),
    [
        ("pytest.py", True),
        ("_pytest/runner.py", True),
        ("random.py", True),
        ("json/__init__.py", True),
        ("src/json.py", True),
        ("stats.py", False),
        ("test/x.py", False),
        ("random.txt", False),
    ],
)
def test_what_would_be_imported_instead_of_the_runner_is_known(name: str, does: bool) -> None:
    assert shadows(name) == does


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("package.json", '{"scripts": {"test": "jest"}}', '{"scripts": {"test": "true"}}'),
        ("web/package.json", "{}", '{"jest": {"testMatch": []}}'),
        ("pyproject.toml", "[project]\n", '[project]\n[project.entry-points.pytest11]\na = "a"\n'),
        ("setup.cfg", "", "[options.entry_points]\npytest11 =\n  a = a\n"),
        ("setup.cfg", "", "[coverage:report]\nfail_under = 0\n"),
        ("tox.ini", "[testenv]\ncommands = pytest\n", "[testenv]\ncommands = true\n"),
        ("go.mod", "module a\n", "module a\n\nreplace b => ./c\n"),
        ("Cargo.toml", "[package]\n", "[package]\n[[test]]\nharness = false\n"),
    ],
)
def test_a_part_that_steers_is_told_from_the_rest(name: str, old: str, new: str) -> None:
    assert steering(name, old) != steering(name, new)
    assert steering(name, old) == steering(name, old + "\n")


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("package.json", '{"version": "1"}', '{"version": "2", "dependencies": {"a": "1"}}'),
        ("pyproject.toml", '[project]\nversion = "1"\n', '[project]\nversion = "2"\n[tool.other]\n'),
        ("go.mod", "module a\n", "module a\n\nrequire b v1.0.0\n"),
        ("stats.py", "a", "b"),
    ],
)
def test_the_rest_does_not_steer(name: str, old: str, new: str) -> None:
    assert steering(name, old) == steering(name, new)


@pytest.mark.parametrize(
    "name",
    [
        "a/conftest.py",
        "sitecustomize.py",
        "a/b.pth",
        "pytest.ini",
        ".coveragerc",
        "Makefile",
        "noxfile.py",
        "jest.config.ts",
        "bin/pytest",
        "python3",
        ".cargo/config.toml",
        ".rspec",
        "spec/spec_helper.rb",
        "a.egg-info/entry_points.txt",
        "node_modules/jest/index.js",
        "vitest.setup.ts",
        ".gitattributes",
        "a/__pycache__/b.cpython-311.pyc",
        ".env",
        "unittest.cfg",
    ],
)
def test_what_steers_by_its_name_is_known(name: str) -> None:
    assert by_name(name)


@pytest.mark.parametrize(
    "name", ["stats.py", "README.md", "src/config.py", "docs/pytest.md", "makefile.py", "a/environment.py"]
)
def test_other_names_do_not_steer(name: str) -> None:
    assert not by_name(name) and not is_test(name) and not re.search(BUILT, name)


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("a.py", "a"),
        ("a/b.py", "a"),
        ("src/a/b.py", "a"),
        ("a/b.txt", ""),
        ("a.cpython-311-x86_64-linux-gnu.so", "a"),
    ],
)
def test_what_a_file_brings_at_the_top_is_known(name: str, module: str) -> None:
    assert top(name) == module
