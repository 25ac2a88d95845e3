"""A model at its endpoint, and what is known of it. A stranger is asked once; what it answers is kept."""

import hashlib
import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..budget import Spent
from .answers import Answers
from .base import Make, Model, ModelError, ModelRefused, Profile, TooSmall
from .profiles import Known, known, stranger

ENDPOINTS = {
    "openai": ("https://api.openai.com/v1", "OPENAI_BASE_URL", "OPENAI_API_KEY"),
    "ollama": ("http://127.0.0.1:11434/v1", "OLLAMA_BASE_URL", ""),
    "ollama_chat": ("http://127.0.0.1:11434/v1", "OLLAMA_BASE_URL", ""),
    "lm_studio": ("http://127.0.0.1:1234/v1", "LM_STUDIO_API_BASE", ""),
    "hosted_vllm": ("http://127.0.0.1:8000/v1", "HOSTED_VLLM_API_BASE", "HOSTED_VLLM_API_KEY"),
}
"""Providers that speak OpenAI's chat completions: default URL, the variables that name another URL and the key."""

Say = Callable[[str], None]


class Acquaintance:
    """A named model, at an endpoint of the user's or, without a `place`, at its provider."""

    def __init__(
        self,
        name: str,
        make: Make,
        folder: Path,
        place: str = "",
        key: str = "",
        wanted: Mapping[str, Any] | None = None,
        say: Say = lambda _: None,
    ) -> None:
        self.name, self.place, self._key, self._say = name, place, key, say
        self._make, self._wanted = make, wanted or {}
        digest = hashlib.sha256(f"{place}\n{name}".encode()).hexdigest()[:24]
        self.path = folder / f"{digest}.json"

    @property
    def kept(self) -> Answers | None:
        try:
            return Answers.model_validate_json(self.path.read_bytes())
        except (OSError, ValueError):
            return None

    @property
    def stranger(self) -> bool:
        return stranger(self.name, bool(self.place))

    @property
    def known(self) -> Known:
        """What is known now: by the name, by what it said, by the user's settings."""
        found = known(self.name)
        if self.stranger and (answers := self.kept):
            found = found.told(answers.told(), "asked").within(answers.context, answers.says)
        return found.told(self._wanted, "your settings")

    def model(self, attempt: int = 1) -> Model:
        return self._make(self.known.profile)

    def introduce(self, paid: Callable[[Model], Model], stop: threading.Event) -> None:
        """Ask a stranger, unless it was asked before. A failure is none of the run's: what is guessed stands.

        `paid`: the model behind the budgets that it counts in. Raises TooSmall where its context is too small.
        """
        if self.stranger and not self.kept:
            self._say(f"asking {self.name} what it can do, once")
            try:
                self.ask(paid, stop)
            except TooSmall:
                raise
            except (ModelError, Spent):
                return

    def ask(self, paid: Callable[[Model], Model], stop: threading.Event) -> Answers:
        """Ask, whatever is known, and keep the answers. Raises ModelError."""

        from .hosts import context
        from .probe import ask, measure, merged

        def make(profile: Profile) -> Model:
            return paid(self._make(profile))

        found = known(self.name).profile
        answers = ask(make, found, stop)
        if self.place:  # elsewhere a long message costs money, and one that is too long is an error
            told = context(self.place, self.name.partition("/")[2] or self.name, self._key)
            long = Answers() if told.tokens else measure(make, found, stop)
            answers = merged(answers, long, told)
        if "window" not in self._wanted:
            self._refuse(answers)
        keep(self.path, answers.model_dump_json(indent=1))
        return answers

    def _refuse(self, answers: Answers) -> None:
        from .hosts import LEAST, too_small

        if not answers.counts and not answers.recalls:
            what = "has lost the beginning of a message of 5,000 words: it cuts what is too long"
            raise too_small(self.name, self.place, what)
        if 0 < answers.context < LEAST:
            what = f"gives {self.name} a context of {answers.context} tokens, and {LEAST} are the least to work with"
            raise too_small(self.name, self.place, what)


def acquaintance(
    name: str,
    url: str = "",
    env: Mapping[str, str] = os.environ,
    wanted: Mapping[str, Any] | None = None,
    say: Say = lambda _: None,
    effort: str = "",
) -> Acquaintance:
    """A model at its endpoint or provider. Raises ModelRefused where what it needs is not set."""
    from ..run import state

    folder = state() / "models"
    provider = name.partition("/")[0]
    default, url_variable, key_variable = ENDPOINTS.get(provider, ("", "", ""))
    key = env.get(key_variable or "OPENAI_API_KEY", "")
    place = url or env.get(url_variable, "") or default
    if not place:
        from .litellm import LiteLLM

        def provided(profile: Profile) -> Model:
            return LiteLLM(name, profile, effort=effort)

        return Acquaintance(name, provided, folder, wanted=wanted, say=say)
    if provider == "openai" and not key and place == default:
        raise ModelRefused(
            "OPENAI_API_KEY is not set: set it, or name an endpoint that needs none with --base-url."
        )
    from .endpoint import Endpoint

    if not place.startswith(("http://", "https://")):
        raise ModelRefused(f"--base-url {place!r}: a URL such as http://127.0.0.1:11434/v1 is wanted.")
    from .whole import Whole

    own = "" if provider == "openai" and place == default else place
    watched = bool(own) and stranger(name, True)  # a provider cuts no conversation of its own models

    def make(profile: Profile) -> Model:
        model = Endpoint(name, place, key, profile, effort=effort)
        return Whole(model, place) if watched else model

    return Acquaintance(name, make, folder, own, key, wanted, say)


def keep(path: Path, text: str) -> None:
    from ..run import put

    path.parent.mkdir(parents=True, exist_ok=True)
    put(path, text)
