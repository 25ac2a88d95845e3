"""What models cost, by the list that litellm's wheel carries. litellm itself is not imported for it."""

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from .base import Usage

LIST = "model_prices_and_context_window_backup.json"
OWN = ("local", "ollama", "ollama_chat", "lm_studio", "hosted_vllm", "scripted", "recorded")
"""Providers on the user's own machine."""


class Price(NamedTuple):
    """Dollars a token."""

    prompt: float
    completion: float
    cached: float
    written: float
    """Of a prompt's token that is written to the provider's cache."""
    dearest: float
    """Of a prompt's token, where it is written to the provider's cache or the prompt is long."""
    dearest_completion: float

    def of(self, usage: Usage) -> float:
        fresh = usage.prompt - usage.cached - usage.written
        return (
            self.written * usage.written
            + fresh * self.prompt
            + usage.cached * self.cached
            + usage.completion * self.completion
        )

    def at_most(self, prompt: int, completion: int) -> float:
        return prompt * self.dearest + completion * self.dearest_completion


FREE = Price(0, 0, 0, 0, 0, 0)


def price(name: str) -> Price | None:
    """A model's price; None where it is not known."""
    if name.partition("/")[0].partition(":")[0] in OWN:
        return FREE
    row = about(name)
    prompt, completion = row.get("input_cost_per_token"), row.get("output_cost_per_token")
    if prompt is None or completion is None:
        return None
    return Price(
        prompt,
        completion,
        row.get("cache_read_input_token_cost", prompt),
        row.get("cache_creation_input_token_cost", prompt),
        dearest(row, prompt, "input_cost_per_token_above", "cache_creation_input_token_cost"),
        dearest(row, completion, "output_cost_per_token_above"),
    )


def dearest(row: dict[str, Any], usual: float, *names: str) -> float:
    return max([usual, *(v for k, v in row.items() if k.startswith(names) and isinstance(v, int | float))])


@cache
def about(name: str) -> dict[str, Any]:
    """The list's row for a model, by its whole name or without its provider; empty where there is none."""
    known = listed()
    return known.get(name) or known.get(name.partition("/")[2]) or {}


def listed() -> dict[str, dict[str, Any]]:
    spec = find_spec("litellm")
    for folder in (spec and spec.submodule_search_locations) or ():
        path = Path(folder) / LIST
        if path.exists():
            return json.loads(path.read_bytes())
    return {}
