"""What two rows of times say. No clock is read here: the noise is made."""

import random

import pytest
from patchwright.verify.pairing import Timed, timed


def test_a_clear_slowdown_is_an_error_and_a_small_one_a_warning() -> None:
    base = (0.50, 0.52, 0.49, 0.51, 0.50)
    assert Timed(base, (1.3, 1.4, 1.3, 1.5)).severity() == "error"
    assert Timed(base, (0.80, 0.82, 0.81, 0.85)).severity() == "warning"
    assert Timed(base, (0.60, 0.61, 0.62, 0.63)).severity() == ""
    assert Timed(base, (0.60, 0.61, 0.62, 0.63)).severity(ratio=1.15) == "warning"


@pytest.mark.parametrize(
    ("base", "patch"),
    [
        ((0.001, 0.001, 0.001, 0.001, 0.001), (0.01, 0.01, 0.01, 0.01)),  # nobody minds
        ((0.2, 0.9, 0.2, 0.3, 0.2), (0.95, 1.0, 1.1, 0.95)),  # the base's own runs lie as far apart
        ((0.2, 0.2, 0.2, 0.2, 0.2), (1.0, 1.0, 0.19, 1.0)),  # one run was as fast
        ((0.2, 0.2), (1.0,)),  # too few runs
    ],
)
def test_what_may_be_chance_is_none(base: tuple[float, ...], patch: tuple[float, ...]) -> None:
    assert Timed(base, patch).severity() == ""


def test_equal_programs_on_a_noisy_machine_are_not_told_apart() -> None:
    draw = random.Random(7)
    alarms = 0
    for _ in range(20_000):
        base, patch = (tuple(0.3 * draw.lognormvariate(0, 0.4) for _ in range(n)) for n in (5, 4))
        alarms += Timed(base, patch).severity() != ""
    assert alarms <= 20  # 1 in 1,000 of those that are timed so often, which only suspects are


def test_only_what_every_run_has_is_compared() -> None:
    found = timed([{"a": 1.0, "b": 1.0}, {"a": 1.0}], [{"a": 2.0, "c": 1.0}])
    assert set(found) == {"a"} and found["a"].ratio == 2 and timed([{"a": 1.0}], []) == {}
