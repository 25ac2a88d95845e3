"""A model that answers what another one answered in a run before."""

import threading
from collections.abc import Sequence

from ..events import Event, Observed, Proposed, Replied, Summarised
from ..stuck import VOLATILE
from .base import CAPABLE, Listener, Message, ModelError, Profile, Reply, Schema
from .scripted import Scripted, place


class Recorded(Scripted):
    """The answers of a log, in order: what is deterministic in a run happens again. Where it does not, it says so."""

    def __init__(self, events: Sequence[Event], name: str, profile: Profile) -> None:
        answers = (e.reply for e in events if isinstance(e, Replied))
        super().__init__(*answers, name=name, profile=profile)
        self._versions = [e.reply for e in events if isinstance(e, Proposed)]
        self._results = {e.observation.call: e.observation.text for e in events if isinstance(e, Observed)}
        self._summaries = [e.text for e in events if isinstance(e, Summarised)]
        self._departed = False

    def complete(
        self,
        messages: Sequence[Message],
        tools: Sequence[Schema],
        listen: Listener,
        stop: threading.Event,
        most: int = 0,
    ) -> Reply:
        if not tools:
            return self._summary(messages[-1].text)
        if (what := self._departure(messages)) and not self._departed:
            self._departed = True
            listen(f"\n[the run departs from the record in step {place(messages)}: {what}]\n")
        return super().complete(messages, tools, listen, stop, most)

    def single(self, number: int) -> Scripted:
        return Scripted(*self._versions, name=self.name, profile=self.profile, skip=number - 1)

    def _departure(self, messages: Sequence[Message]) -> str:
        """What came of the latest calls that did not come of them in the record, but for times and addresses."""
        for m in reversed(messages):
            if m.role == "assistant":
                break
            if m.role == "tool" and plain(m.text) != plain(self._results.get(m.call, "")):
                return f"call {m.call} has another result"
        return ""

    def _summary(self, asked: str) -> Reply:
        """The summary that followed the one that is in the question, which is the first where none is."""
        last = (n for n, text in enumerate(self._summaries, 1) if text and text in asked)
        number = max(last, default=0)
        if number >= len(self._summaries) or not self._summaries[number]:
            raise ModelError(f"{self.name} has no summary here")
        return Reply(text=self._summaries[number].partition("\n")[2])


def plain(text: str) -> str:
    return VOLATILE.sub("", text)


def recorded(events: Sequence[Event], name: str = "recorded", profile: Profile = CAPABLE) -> Recorded:
    return Recorded(events, name, profile)
