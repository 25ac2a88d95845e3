"""The embedded model's own settings."""

from patchwright.agent.models.local import drawn


def test_only_the_first_attempt_is_likely_and_no_seed_makes_the_answers_of_a_batch_alike() -> None:
    first, *later = map(drawn, (1, 2, 3))
    assert first["temperature"] < min(one["temperature"] for one in later)
    assert not any("seed" in one for one in (first, *later))
