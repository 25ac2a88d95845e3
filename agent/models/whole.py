"""A model behind a server that might cut a conversation without saying so: each answer is looked at for that.

The bound is sound: no tokenizer that models use lets a token reach over a word's end, so that a prompt has at least as
many tokens as words. What providers call cached counts as read, and where only what is new would be counted, as some
servers do that keep the rest, nothing is claimed.
"""

import re
import threading
from collections.abc import Sequence

from .base import Listener, Message, Model, Profile, Reply, Schema, Usage

WORD = re.compile(r"[^\W\d_]{2,}")
"""Letters in a row. Digits and signs may share a token with others."""
SHORT = 1_000
"""Words that fit into any context."""
PLAIN = 6
"""Bytes of a token beyond which the words are counted."""


class Whole:
    """A model, as its endpoint has it; raises TooSmall where the conversation did not reach it whole."""

    profile: Profile

    def __init__(self, model: Model, place: str) -> None:
        self.name, self.profile, self._model, self._place = model.name, model.profile, model, place
        self._before: Sequence[Message] = ()

    def complete(
        self,
        messages: Sequence[Message],
        tools: Sequence[Schema],
        listen: Listener,
        stop: threading.Event,
        most: int = 0,
    ) -> Reply:
        reply = self._model.complete(messages, tools, listen, stop, most)
        before, self._before = self._before, list(messages)
        if least := cut(messages, before, reply.usage):
            from .hosts import too_small

            what = f"has read {reply.usage.prompt} tokens of a conversation that has {least} at least: it cuts what is too long"
            error = too_small(self.name, self._place, what)
            error.usage = reply.usage
            raise error
        return reply

    def close(self) -> None:
        self._model.close()


def cut(sent: Sequence[Message], before: Sequence[Message], usage: Usage) -> int:
    """The fewest tokens that a conversation has, where the server says that it has read less; else 0."""
    read = usage.prompt + usage.cached
    if not usage.prompt or sum(len(m.text.encode()) for m in sent) < PLAIN * read:
        return 0
    least = words(sent)
    if read >= least or least < SHORT:
        return 0
    new = sent[len(before) :] if before and list(sent[: len(before)]) == list(before) else ()
    return 0 if new and read <= 4 * words(new) + 200 else least


def words(sent: Sequence[Message]) -> int:
    return sum(len(WORD.findall(text)) for m in sent for text in (m.text, *map(str, args(m))))


def args(m: Message) -> list[object]:
    return [value for c in m.calls for value in c.args.values()]
