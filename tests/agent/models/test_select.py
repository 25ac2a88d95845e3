import pytest
from patchwright.agent.attempt import TOOLS
from patchwright.agent.models.base import CAPABLE, PATCHING, SMALL, Profile
from patchwright.agent.models.select import profile


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("openai/gpt-5", PATCHING),
        ("openrouter/openai/gpt-5.2-codex", PATCHING),
        ("ollama/gpt-oss:20b", PATCHING),
        ("openai/o3", PATCHING),
        ("openai/codex-mini-latest", PATCHING),
        ("anthropic/claude-sonnet-4-5", CAPABLE),
        ("openai/default", CAPABLE),
        ("ollama/qwen3-coder", CAPABLE),
        ("my/model-like-gpt-4", CAPABLE),
    ],
)
def test_the_name_of_a_model_tells_how_it_writes_edits(name: str, expected: Profile) -> None:
    assert profile(name) == expected


@pytest.mark.parametrize(
    ("profile", "edits"),
    [
        (CAPABLE, ["edit", "write"]),
        (PATCHING, ["patch"]),
        (Profile(edits="write"), ["write"]),
        (SMALL, ["define"]),
    ],
)
def test_a_profile_offers_the_edit_tools_that_suit_it(profile: Profile, edits: list[str]) -> None:
    found = [name for name in profile.offered if name in ("edit", "write", "patch", "define")]
    assert found == edits
    others = [name for name in profile.tools if name not in ("edit", "write", "patch", "define")]
    assert [name for name in profile.offered if name not in edits] == others
    assert set(profile.offered) <= set(TOOLS)
