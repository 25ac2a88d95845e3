"""What a project newly needs, and what JavaScript imports, by their texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from patchwright.verify.delta import Changed
from patchwright.verify.dependencies import Dependency, added, judged
from patchwright.verify.lookalike import distance, resembles
from patchwright.verify.popular import NPM, PYPI
from patchwright.verify.scripts import scripts

PROJECT = """
[project]
name = "x"
dependencies = ["click>=8", "aaa"]
[project.optional-dependencies]
more = ["bbb[extra]==2 ; python_version > '3'"]
[dependency-groups]
dev = ["ccc", {include-group = "more"}]
[tool.poetry.dependencies]
python = "^3.11"
ddd = {version = "^1", optional = true}
[tool.poetry.group.test.dependencies]
eee = "*"
"""
SETUP = """
from setuptools import setup
setup(
    name="x",
    install_requires=["fff>=1", 'ggg'],
    extras_require={"dev": ["hhh==3"]},
)
"""
CFG = "[options]\ninstall_requires =\n    iii>=1\n    jjj\npackages = find:\n"
LIST = (
    "# a comment\n-r other.txt\nkkk==1.0 \\\n    --hash=sha256:00\nlll[x] ; python_version > '3'\n./local\n"
)
PACKAGE = '{"name": "x", "dependencies": {"mmm": "1.2.3"}, "devDependencies": {"@o/nnn": "*"}}'


@pytest.mark.parametrize(
    ("path", "text", "names"),
    [
        ("pyproject.toml", PROJECT, ["click", "aaa", "bbb", "ccc", "ddd", "eee"]),
        ("setup.py", SETUP, ["fff", "ggg", "hhh"]),
        ("setup.cfg", CFG, ["iii", "jjj"]),
        ("requirements/dev.txt", LIST, ["kkk", "lll"]),
        ("requirements-dev.in", LIST, ["kkk", "lll"]),
        ("web/package.json", PACKAGE, ["mmm", "@o/nnn"]),
        ("Pipfile", '[packages]\nooo = "*"\n[dev-packages]\nppp = "==1"\n', ["ooo", "ppp"]),
        ("pyproject.toml", "[project\n", []),
        ("package.json", "[]", []),
        ("notes.txt", "qqq==1\n", []),
    ],
)
def test_what_a_file_needs_is_read(path: str, text: str, names: list[str]) -> None:
    found = added([Changed(path=path, after=text)])
    assert [one.name for one in found] == names
    assert added([Changed(path=path, before=text, after=text + "\n")]) == []


def test_what_another_file_had_is_not_new() -> None:
    moved = [
        Changed(path="requirements.txt", before="Some_Thing>=1\n"),
        Changed(path="pyproject.toml", after='[project]\ndependencies = ["some-thing>=1"]\n'),
    ]
    assert added(moved) == []


@pytest.mark.parametrize(
    ("registry", "name", "version", "rule"),
    [
        ("pypi", "litellm", "==1.82.7", "known-bad-release"),
        ("pypi", "litellm", ">=1.94", ""),
        ("npm", "ua-parser-js", "0.7.29", "known-bad-release"),
        ("npm", "ua-parser-js", "^1.0.33", ""),
        ("npm", "flatmap-stream", "^0.1.1", "known-bad-release"),
        ("pypi", "reqeusts", ">=2", "look-alike"),
        ("pypi", "dateutil-python", ">=2", "look-alike"),
        ("pypi", "crypt0graphy", ">=2", "look-alike"),
        ("pypi", "Python_DateUtil", ">=2", ""),
        ("npm", "expres", "^4", "look-alike"),
        ("pypi", "flask-caching", ">=2", ""),
        ("pypi", "httpx2", ">=2", ""),
        ("pypi", "my-own-thing", "", "unpinned"),
    ],
)
def test_dependencies_are_judged(registry: str, name: str, version: str, rule: str) -> None:
    found = [f.rule for f in judged([Dependency(registry, name, version, "f")])]
    assert found == ([rule] if rule else [])


def test_no_well_known_name_is_taken_for_another() -> None:
    assert [n for known in (PYPI, NPM) for n in known if resembles(n, known)] == []


@given(st.text("abc-", max_size=7), st.text("abc-", max_size=7))
def test_the_distance_of_names_is_one_both_ways(a: str, b: str) -> None:
    assert distance(a, b) == distance(b, a) <= max(len(a), len(b))
    assert (distance(a, b) == 0) == (a == b)


FILES = {
    "package.json": '{"name": "own", "dependencies": {"react": "1"}, "devDependencies": {"@types/lodash": "1"}}',
    "packages/other/package.json": '{"name": "@org/other"}',
    "src/a.ts": "",
    "src/deep/index.tsx": "",
    "src/style.scss": "",
    "tsconfig.json": '{"compilerOptions": {"paths": {"@lib/*": ["src/*"]}}}',
}


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("import { a } from './a'", ""),
        ("import a from './a.js'", ""),
        ("export * from './deep'", ""),
        ("import './style.scss'", ""),
        ("import x from './dist/x'", ""),
        ("import React, { useState } from 'react'", ""),
        ("import get from 'lodash/get'", ""),
        ("const fs = require('fs/promises')", ""),
        ("import x from 'node:test'", ""),
        ("import x from '@lib/a'", ""),
        ("import x from '@/a'", ""),
        ("import x from 'own/x'", ""),
        ("import x from 'hoisted'", ""),
        ("import x from '@org/other'", ""),
        ("// import x from 'gone'", ""),
        ("import { a } from './b'", "no-such-file"),
        ("const x = await import('../c')", "no-such-file"),
        ("} from './gone'", "no-such-file"),
        ("const x = require('left-padded')", "undeclared-package"),
        ("import x from '@made/up'", "undeclared-package"),
    ],
)
def test_imports_of_javascript_are_followed(line: str, rule: str) -> None:
    change = Changed(path="src/new.ts", after=f"{line}\n")
    files = {*FILES, "src/new.ts"}
    found = [*scripts([change], files, lambda path: FILES.get(path, ""), lambda name: name == "hoisted")]
    assert [f.rule for f in found] == ([rule] if rule else [])
    assert all(f.severity == "error" and f.line == 1 for f in found)


def test_without_what_is_installed_an_import_is_only_a_warning() -> None:
    change = Changed(path="src/new.ts", after="import x from 'left-padded'\n")
    found = [*scripts([change], {*FILES}, lambda path: FILES.get(path, ""))]
    assert [(f.rule, f.severity) for f in found] == [("undeclared-package", "warning")]
