"""What the model writes of turns that are about to be dropped: the last resort, after masking."""

import time
from collections.abc import Iterator, Sequence

from .. import prompts
from .brief import arguments
from .budget import Spent
from .events import Summarised
from .models.base import Message, ModelError, Reply
from .session import Session

ANSWER = 2_000
"""Tokens that a summary may take, with what a model thinks before it writes."""
MOST = 4_000
"""Characters past which a summary is none, and is not used."""
HEAD = "[Older turns are left out. You wrote of them:]\n"


def summarise(session: Session) -> None:
    """Where turns have to be dropped, ask the model first what will be needed of them. Once for each dropping."""
    if not (going := session.conversation.going(session.log.events)):
        return
    started = time.monotonic()
    sent = [
        Message(role="system", text=prompts.render("summary")),
        Message(role="user", text="\n".join(transcript(going))),
    ]
    try:
        reply = session.model.complete(sent, (), lambda _: None, session.control.stop, ANSWER)
    except (ModelError, Spent):
        reply = Reply()  # the turns go all the same; what is wrong with the model shows at the next request
    session.control.check()
    text = usable(reply)
    seconds = time.monotonic() - started
    session.log.append(Summarised(text=text and HEAD + text, usage=reply.usage, seconds=seconds))


def usable(reply: Reply) -> str:
    """A summary, or nothing where it is empty, cut off or too long."""
    text = reply.text.strip()
    return text if reply.stop == "stop" and len(text) <= MOST else ""


def transcript(going: Sequence[Message]) -> Iterator[str]:
    """Turns as plain text: a request without tools may hold no calls."""
    for m in going:
        if m.text:
            yield f"{m.role}: {m.text}"
        yield from (f"call: {call.tool} {arguments(call)}" for call in m.calls)
