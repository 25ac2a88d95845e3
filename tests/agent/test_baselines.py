"""What tests came to on a base is measured once for the same tree, tools and command."""

import os
from pathlib import Path

import pytest
from fakes import EVEN, ODD, begun, commit
from patchwright.agent import baselines
from patchwright.sandbox import toolchain
from patchwright.verify.report import TestReport
from patchwright.verify.suite import Suite


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commands that tests were run by."""
    found: list[str] = []
    baseline = Suite.baseline

    def counted(self: Suite) -> TestReport:
        found.append(self.command)
        return baseline(self)

    monkeypatch.setattr(Suite, "baseline", counted)
    return found


def test_the_second_run_on_the_same_base_takes_what_the_first_measured(
    repo: Path, backend: tuple[str, str], runs: list[str]
) -> None:
    for _ in range(2):
        with begun(repo, backend) as run:
            assert run.baseline().outcomes == {ODD: "passed", EVEN: "failed"}
    assert len(runs) == 1
    (repo / "new.py").write_text("x = 1\n")
    commit(repo, "more")
    with begun(repo, backend) as run:
        run.baseline()
    assert len(runs) == 2


def test_other_tools_are_another_environment(tmp_path: Path) -> None:
    packages = tmp_path / "venv/lib/python3.11/site-packages"
    packages.mkdir(parents=True)
    (tmp_path / "venv/bin").mkdir()
    env = {"PATH": f"{tmp_path}/venv/bin", "VIRTUAL_ENV": f"{tmp_path}/venv"}
    before = toolchain.fingerprint(env)
    assert toolchain.fingerprint(env) == before
    os.utime(packages, ns=(1, 1))
    assert toolchain.fingerprint(env) != before


def test_a_report_that_was_cut_off_is_measured_anew(tmp_path: Path) -> None:
    (tmp_path / "k.json").write_text('{"command": "t", "co')
    assert baselines.find(tmp_path, "k") is None
    assert baselines.find(tmp_path, "") is None


def test_only_so_many_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(baselines, "MOST", 2)
    for n in range(4):
        (tmp_path / f"{n}.json").write_text("")
        os.utime(tmp_path / f"{n}.json", (n, n))
    baselines.prune(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["2.json", "3.json"]
