"""A model's profile, and where each of its fields comes from.

The family says what is known of a name; what the model said when it was asked outranks it; the user's settings
outrank both.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from .base import Profile
from .families import family

SERVED = ("ollama", "ollama_chat", "lm_studio", "hosted_vllm")
"""Providers that serve whatever weights they are given, on a machine of the user's."""
ROOM = 0.7
"""Share of a model's context that a conversation may fill by our count, which is not the model's: the rest is for the
answer, and for where ours is less."""
SETTINGS = ("protocol", "edits", "window", "answer", "observation")
"""Fields that the user's settings may set."""


class Known(NamedTuple):
    """A profile, and for each field that is no default where it comes from."""

    profile: Profile
    sources: Mapping[str, str] = {}

    def told(self, values: Mapping[str, Any], source: str) -> "Known":
        """What is known once somebody has told this."""
        new = {key: value for key, value in values.items() if value != getattr(self.profile, key)}
        sources = {**self.sources, **dict.fromkeys(values, source)}
        return Known(self.profile.model_copy(update=new), sources)

    def within(self, context: int, source: str) -> "Known":
        """What is known once the model's context is known, in tokens; 0: it is not."""
        window = int(context * ROOM)
        return self.told({"window": window}, source) if 0 < window < self.profile.window else self


def known(name: str) -> Known:
    """What is known of a model by its name alone."""
    found = family(name)
    if not found:
        return Known(Profile())
    start = Known(Profile()).told(found.fields, f"family {found.name}")
    return start.within(listed(name), "the list of models") if found.short and not served(name) else start


def listed(name: str) -> int:
    """Tokens that a model takes by litellm's list; 0 where it is not in it."""
    from .prices import about

    most = about(name).get("max_input_tokens")
    return most if isinstance(most, int) else 0


def served(name: str) -> bool:
    return name.partition("/")[0] in SERVED


def stranger(name: str, placed: bool) -> bool:
    """Whether a model has to be asked what it can do. `placed`: it is at an endpoint of the user's."""
    found = family(name)
    return not found or (found.open and placed)
