import pytest
from patchwright.agent.attempt import TOOLS
from patchwright.agent.models.base import CAPABLE, SMALL, Profile
from patchwright.agent.models.families import FAMILIES, family, profile


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("openai/gpt-5", "gpt, o-series, codex"),
        ("openrouter/openai/gpt-5.2-codex", "gpt, o-series, codex"),
        ("openai/o3", "gpt, o-series, codex"),
        ("openai/codex-mini-latest", "gpt, o-series, codex"),
        ("openai/gpt-4o", "gpt, o-series, codex"),
        ("openai/gpt-4-turbo", "gpt, before 4o"),
        ("gpt-3.5-turbo", "gpt, before 4o"),
        ("ollama/gpt-oss:20b", "gpt-oss"),
        ("anthropic/claude-sonnet-4-5", "claude"),
        ("bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude"),
        ("vertex_ai/gemini-2.5-pro", "gemini"),
        ("ollama/gemma3:27b", "gemma"),
        ("mistral/devstral-medium-2507", "mistral"),
        ("deepseek/deepseek-chat", "deepseek"),
        ("ollama/qwen3-coder:30b", "qwen-coder"),
        ("hosted_vllm/Qwen/Qwen3-Coder-30B-A3B-Instruct", "qwen-coder"),
        ("ollama/qwen2.5-coder:14b", "qwen"),
        ("ollama/hf.co/unsloth/Qwen3-30B-A3B-GGUF:Q4_K_M", "qwen"),
        ("bedrock/meta.llama3-1-70b-instruct-v1:0", "llama, before 4"),
        ("groq/meta-llama/llama-4-scout-17b-16e-instruct", "llama"),
        ("zai/glm-4.6", "glm"),
        ("moonshot/kimi-k2-0711-preview", "kimi"),
        ("ollama/qwen2.5-coder:1.5b", "small"),
        ("ollama/llama3.2:3b", "small"),
        ("ollama/gemma3n:e4b", "small"),
        ("openai/scripted-1", "scripted"),
        ("openai/default", ""),
        ("my/model-like-gpt-4", ""),
        ("some/other-14b", ""),
    ],
)
def test_the_name_of_a_model_tells_its_family(name: str, expected: str) -> None:
    found = family(name)
    assert (found.name if found else "") == expected


def test_every_family_s_fields_are_a_profile_s() -> None:
    for row in FAMILIES:
        assert row.fields.keys() <= Profile.model_fields.keys()
        assert Profile(**row.fields).text != "native"


def test_models_of_the_gpt_kind_write_patches() -> None:
    assert profile("openai/gpt-5") == profile("ollama/gpt-oss:20b") == Profile(edits="patch")
    assert profile("anthropic/claude-sonnet-4-5").edits == profile("nobody/knows").edits == "edit"


@pytest.mark.parametrize(
    ("profile", "edits"),
    [
        (CAPABLE, ["edit", "write"]),
        (Profile(edits="patch"), ["patch"]),
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
