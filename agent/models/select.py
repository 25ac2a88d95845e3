"""Which model a run talks to: the one that was named, else what the environment offers."""

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..events import Event
from .base import SMALL, Model, ModelRefused, Profile

KEYS = {
    "ANTHROPIC_API_KEY": "anthropic/claude-sonnet-4-5",
    "OPENAI_API_KEY": "openai/gpt-5",
    "GEMINI_API_KEY": "gemini/gemini-2.5-pro",
    "MISTRAL_API_KEY": "mistral/devstral-medium-2507",
    "DEEPSEEK_API_KEY": "deepseek/deepseek-chat",
    "OPENROUTER_API_KEY": "openrouter/anthropic/claude-sonnet-4.5",
}
"""A provider's key, and the model that it selects where none is named."""

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


Paid = Callable[[Model], Model]
"""Puts a model behind the budgets that pay for it."""


def nothing(*_: object) -> None: ...


class Source:
    """Where the models of a run's attempts come from; each makes one try a call."""

    def __init__(
        self,
        make: Callable[[int], Model],
        close: Callable[[], None] = nothing,
        others: Sequence["Source"] = (),
        introduce: Callable[[Paid, threading.Event], None] = nothing,
        single: Callable[[int], Model] | None = None,
    ) -> None:
        self.make, self.close, self.others = make, close, others
        self.single = single or (lambda number: make(number + 1))
        """The model for one of many questions that each stand alone, by its number from 1. The models of attempts
        after the first explore."""
        self.introduce = introduce
        """Ask the model what it can do, where that is not known; before the first is made. Raises ModelRefused."""


def choose(
    name: str,
    url: str = "",
    env: Mapping[str, str] = os.environ,
    say: Callable[[str], None] = nothing,
    wanted: Mapping[str, Any] | None = None,
    effort: str = "",
) -> Choice:
    """The model for a name, a URL and an environment. Raises ModelRefused where there is none.

    `wanted`: the fields of its profile that the user has set.
    """
    if not name and not url:
        found = next(((k, m) for k, m in KEYS.items() if env.get(k)), None)
        if found:
            key, name = found
            return Choice(name, f"{name}, since {key} is set", source(name, url, env, say, wanted, effort))
        if not local_is_installed():
            raise ModelRefused(NOTHING)
        return Choice(
            "local", "the embedded local model, since no provider's key is set", source("local", "", env, say)
        )
    name = name or "openai/default"
    why = f"{name}{f' at {url}' if url else ''}, as named"
    return Choice(name, why, source(name, url, env, say, wanted, effort))


def source(
    name: str,
    url: str,
    env: Mapping[str, str],
    say: Callable[[str], None],
    wanted: Mapping[str, Any] | None = None,
    effort: str = "",
) -> Callable[[], Source]:
    """How to open a named model. The adapters are imported only when it is opened."""

    def open_it() -> Source:
        kind, _, rest = name.partition(":")
        if kind == "scripted":
            from .scripted import load

            model = load(Path(rest))
            return Source(lambda attempt: model, single=model.single)
        if kind == "recorded":
            from .. import log
            from .recorded import recorded

            events = log.load(Path(rest))
            model = recorded(events, name, profile_of(events))
            return Source(lambda attempt: model, single=model.single)
        if name == "local" or name.startswith("local/"):
            from .local import Server

            server = Server(Path(name[6:]) if name[6:] else None, say)
            return Source(server.model, server.close)
        from .acquaint import acquaintance

        found = acquaintance(name, url, env, wanted, say, effort)
        return Source(found.model, introduce=found.introduce)

    return open_it


def profile_of(events: Sequence[Event]) -> Profile:
    """How the model of a log was spoken to, as far as its name tells."""
    name = next((e.model for e in events if e.kind == "opened"), "")
    if name.split("/")[0] == "local":
        return SMALL
    from .profiles import known

    return known(name).profile


def local_is_installed() -> bool:
    from importlib.util import find_spec

    return find_spec("xllamacpp") is not None
