"""The sandboxes' benchmark says what it measured; how long anything takes is not asserted."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[2]))

from benchmarks.overhead import bare, crowd, ratios, sandboxes
from benchmarks.overhead.crowd import Crowd
from benchmarks.overhead.probes import Probe, Room, commands
from benchmarks.overhead.ratios import COMMAND, OURS, SHELL, SNAPSHOT, Figure, Target


def figure(name: str, *rounds: tuple[float, ...], room: str = "Docker", what: str = COMMAND) -> Figure:
    return Figure(room, what, name, rounds)


def test_ratios_are_those_of_the_same_round():
    ours = figure(OURS, (2.0, 2.0, 9.0), (20.0,), (3.0,))
    floor = figure(SHELL, (1.0,), (10.0,), (1.0,))
    assert (ours.median, ours.best, ratios.ratio(ours, floor)) == (3.0, 2.0, 2.0)


@pytest.mark.parametrize(("ours", "verdict"), [(3.0, "met"), (3.1, "**not met**")])
def test_a_target_is_met_up_to_its_limit(ours: float, verdict: str):
    target = Target(COMMAND, OURS, SHELL, 3)
    (row,) = ratios.judged(target, [figure(OURS, (ours,)), figure(SHELL, (1.0,))])
    assert row[-1] == verdict
    assert row[0].startswith("command in Docker")


def test_a_target_without_a_floor_is_in_milliseconds():
    target = Target(SNAPSHOT, OURS, "", 50)
    figures = [figure(OURS, (40.0,), room=room, what=SNAPSHOT) for room in ("bubblewrap", "Docker")]
    assert [row[1:] for row in ratios.judged(target, figures)] == [["50.0 ms", "40.0 ms", "met"]] * 2


def test_what_was_not_measured_is_not_judged():
    assert not list(ratios.judged(Target(COMMAND, OURS, SHELL, 3), [figure(OURS, (1.0,))]))


def test_each_floor_is_compared_with_its_own_case():
    figures = [
        figure("patchwright, nothing changed", (2.0,)),
        figure("patchwright, one file changed", (8.0,)),
        figure("git on the host, nothing changed", (1.0,)),
        figure("git on the host, one file changed", (2.0,)),
    ]
    assert [ratios.compared(f, figures) for f in figures] == ["", "", "2.00", "4.00"]
    assert "| Docker | command | git on the host, one file changed | 2.00 (2.00) | 4.00 |" in ratios.shown(
        figures
    )


def test_probes_take_turns_and_slow_ones_fewer():
    order: list[str] = []

    def probe(name: str, every: int) -> Probe:
        return Probe(name, lambda: order.append(name) or 1.0, every)

    found = sandboxes.turns([probe("a", 1), probe("b", 2)], 3)
    assert order == ["a", "b", "a", "a", "b"]
    assert found == {"a": [1.0] * 3, "b": [1.0] * 2}


def test_another_program_takes_the_guard_s_place():
    command = ["setpriv", "--", "bwrap", "--seccomp", "7", "--", "python3", "-c", "pass"]
    assert bare.instead(command, "true") == [*command[:6], "true"]


def test_what_is_left_behind_is_counted(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(crowd, "PATIENCE", 0.0)
    assert crowd.waited({1: "a", 2: "b"}, still={1: "a", 2: "another"}.__getitem__) == [1]
    shown = ratios.targets([], {"bubblewrap": Crowd(2, 1.0, 1.0, 1.0, 1.0, processes=4, left=1)})
    assert "| left of 2 bubblewrap | 0 | 1 | **not met** |" in shown


def test_docker_run_gets_a_container_s_settings():
    settings = {
        "network_mode": "none",
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges"],
        "ulimits": [{"Name": "core", "Soft": 0, "Hard": 0}],
        "tmpfs": {"/tmp": "rw"},
        "mounts": [{"Source": "/a", "Target": "/b", "ReadOnly": True}],
        "nano_cpus": 1_500_000_000,
        "image": "image",
        **dict.fromkeys(("pids_limit", "mem_limit", "memswap_limit", "shm_size", "ipc_mode", "user"), "1"),
        **dict.fromkeys(("hostname", "working_dir"), "x"),
    }
    command = bare.docker_run(settings, "sh", "-c", "true")
    assert command[-4:] == ["--entrypoint=sh", "image", "-c", "true"]
    assert {"--cap-drop=ALL", "--cpus=1.5", "--ulimit=core=0:0"} < set(command)
    assert "--mount=type=bind,src=/a,dst=/b,readonly" in command


def test_commands_are_measured_in_a_sandbox_and_in_a_bare_shell(tmp_path: Path):
    with commands(Room(tmp_path)) as probes:
        assert all(probe.measure() > 0 for probe in probes)
