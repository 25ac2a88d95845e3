"""Servers of open weights: how long a context they give a model, by their own interfaces, and how to make it longer.

What a model could take is not what its server gives it: Ollama starts with 4,096 tokens on most machines and cuts what
is longer without a word, and its /v1 takes no other size with a request (docs/openai.md, docs/context-length.mdx).
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from .base import TooSmall

PATIENCE = 3.0
LEAST = 8_000
"""Tokens of context below which no work on a repository is begun."""
ENOUGH = 32_768
"""Tokens of context to ask people for."""


class Context(NamedTuple):
    """Tokens that a server gives a model, and how that is known."""

    tokens: int = 0
    says: str = ""


def context(place: str, model: str, key: str = "") -> Context:
    """What a server tells of a loaded model's context; 0 tokens where it tells nothing."""
    return next(told(place.rstrip("/"), model, key), Context())


def told(place: str, model: str, key: str) -> Iterator[Context]:
    """The interfaces of Ollama, llama.cpp, LM Studio and vLLM, each asked only where those before tell nothing."""
    top = place.removesuffix("/v1")
    for one in rows(fetch(f"{top}/api/ps", key), "models"):
        if model in (one.get("name"), one.get("model"), str(one.get("name")).removesuffix(":latest")):
            yield from known(one.get("context_length"), "Ollama, of the loaded model")
    show = fetch(f"{top}/api/show", key, {"model": model})
    if isinstance(show, dict) and (found := re.search(r"num_ctx\s+(\d+)", str(show.get("parameters")))):
        yield from known(int(found[1]), "Ollama, by the model's num_ctx")
    props = fetch(f"{top}/props", key)
    settings = props.get("default_generation_settings") if isinstance(props, dict) else None
    yield from known(settings.get("n_ctx") if isinstance(settings, dict) else 0, "llama.cpp")
    for one in rows(fetch(f"{top}/api/v0/models", key), "data"):
        if one.get("id") == model:
            yield from known(one.get("loaded_context_length"), "LM Studio")
    for one in rows(fetch(f"{place}/models", key), "data"):
        if one.get("id") == model:
            yield from known(one.get("max_model_len"), "vLLM")


def known(tokens: Any, says: str) -> Iterator[Context]:
    if isinstance(tokens, int) and tokens > 0:
        yield Context(tokens, says)


def rows(value: Any, name: str) -> list[dict[str, Any]]:
    found = value.get(name) if isinstance(value, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def fetch(url: str, key: str, body: dict[str, Any] | None = None) -> Any:
    """What is at a URL, as JSON; None where there is nothing of the kind."""
    import urllib.request  # slow to import, and for strangers only

    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
    data = json.dumps(body).encode() if body else None
    try:
        request = urllib.request.Request(url, data, headers)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.loads(answer.read(1_000_000))
    except (OSError, ValueError):
        return None


def advice(name: str, place: str) -> str:
    """What to do where a server's context is too small."""
    provider = name.partition("/")[0]
    ollama = f"start it with OLLAMA_CONTEXT_LENGTH={ENOUGH}, or give the model a num_ctx in a Modelfile"
    if provider in ("ollama", "ollama_chat") or ":11434" in place:
        return f"{ollama} (a request cannot ask for more there)"
    if provider == "lm_studio" or ":1234" in place:
        return f"load the model with a Context Length of {ENOUGH} or more"
    if provider == "hosted_vllm":
        return f"start it with --max-model-len {ENOUGH} or more"
    return (
        f"give it {ENOUGH} tokens or more (llama.cpp: -c {ENOUGH}; vLLM: --max-model-len; Ollama: {ollama})"
    )


def too_small(name: str, place: str, what: str) -> TooSmall:
    return TooSmall(f"{place} {what}: {advice(name, place)}.")
