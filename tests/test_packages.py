"""Packages from PyPI, with their own test suites: a bug is planted, and a good model's answers repair it."""

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import part_missing
from fakes import commit

MAIN = (sys.executable, "-c", "from patchwright.frontends.cli import main; raise SystemExit(main())")


@dataclass(frozen=True)
class Planted:
    """A source distribution, and a line of it that is made wrong."""

    name: str
    version: str
    sha256: str
    path: str
    right: str
    wrong: str
    issue: str
    failing: str


PACKAGES = (
    Planted(
        "inflection",
        "0.5.1",
        "1a29730d366e996aaacffb2f1f1cb9593dc38e2ddd30c91250c6dde09ea9b417",
        "inflection/__init__.py",
        "    if number % 100 in (11, 12, 13):\n",
        "    if number in (11, 12, 13):\n",
        "ordinal(111) is 'st', but one says 111th.",
        "test_inflection.py::test_ordinal[111-111th]",
    ),
    Planted(
        "parse",
        "1.20.2",
        "b41d604d16503c79d81af5165155c0b20f6c8d6c559efa66b4b695c3e5a0a0ce",
        "parse.py",
        '        if string[0] == "-":\n            sign = -1\n',
        '        if string[0] == "-":\n            sign = 1\n',
        "Negative numbers are read as positive ones.",
        "tests/test_parse.py::test_numbers",
    ),
    Planted(
        "toolz",
        "1.0.0",
        "2c86e3d9a04798ac556793bced838816296a2f085017664e4995cb40a1047a02",
        "toolz/itertoolz.py",
        "            yield prev[:len(seq) % n]\n",
        "            yield prev[:len(seq) // n]\n",
        "partition_all gives a wrong last part when the sequence has a length that n does not divide.",
        "toolz/tests/test_itertoolz.py::test_partition_all",
    ),
)


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distributions, from the package index."""
    folder = tmp_path_factory.mktemp("sources")
    wanted = [f"{p.name}=={p.version}" for p in PACKAGES]
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "-q",
        "--no-deps",
        "--no-binary",
        ":all:",
        "-d",
        str(folder),
    ]
    done = subprocess.run([*command, *wanted], capture_output=True, text=True)
    if done.returncode:
        part_missing(f"the packages cannot be downloaded: {done.stderr.strip()[-300:]}")
    return folder


@pytest.mark.parametrize("planted", PACKAGES, ids=lambda p: p.name)
def test_a_bug_planted_in_a_package_is_repaired(
    planted: Planted, sources: Path, tmp_path: Path, backend: tuple[str, str], git
) -> None:
    archive = sources / f"{planted.name}-{planted.version}.tar.gz"
    assert hashlib.sha256(archive.read_bytes()).hexdigest() == planted.sha256
    subprocess.run(["tar", "--no-same-owner", "-xzf", str(archive), "-C", str(tmp_path)], check=True)
    repo = tmp_path / f"{planted.name}-{planted.version}"
    source = repo / planted.path
    text = source.read_text()
    assert text.count(planted.right) == 1
    source.write_text(text.replace(planted.right, planted.wrong))
    commit(repo, "as released, almost", first=True)
    turns = [
        {
            "calls": [
                {"tool": "test"},
                {"tool": "search", "args": {"pattern": planted.failing.partition("_")[2][:6]}},
            ]
        },
        {
            "calls": [
                {"tool": "edit", "args": {"path": planted.path, "old": planted.wrong, "new": planted.right}}
            ]
        },
        {"calls": [{"tool": "test"}]},
        {"calls": [{"tool": "finish", "args": {"summary": "repaired"}}]},
    ]
    script = tmp_path / "turns.json"
    script.write_text(json.dumps(turns))
    words = ["solve", planted.issue, "--json", "--model", f"scripted:{script}", "--sandbox", backend[0]]
    words += ["--image", backend[1]] if backend[1] else []
    done = subprocess.run([*MAIN, *words], cwd=repo, capture_output=True, text=True, env={**os.environ})
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["verified"]
    assert planted.failing in result["verdict"]["fixed"]
    assert result["verdict"]["broke"] == []
    assert git(repo, "status", "--short") == ""
    (tmp_path / "p.diff").write_text(result["patch"])
    git(repo, "apply", str(tmp_path / "p.diff"))
    assert source.read_text() == text
