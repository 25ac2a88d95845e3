"""The loop: ask, act, observe. The next move is a function of the log."""

import time
from collections.abc import Sequence

from ..tools.base import Call
from . import context, limits, stuck
from .budget import Spent
from .events import Called, Changed, Ended, Event, Narrowed, Observed, Replied, Said
from .models.base import ModelOverflow, Reply
from .session import READERS, Session
from .summary import summarise


def solve(session: Session) -> Ended:
    """Ask, act and observe until the work is finished or a limit is reached.

    First run, resume and steering share this path: what to do next is read from the log alone.
    """
    try:
        while not is_done(session.log.events):
            session.control.check()
            if call := next_call(
                session.log.events
            ):  # the model asked for something that nothing has answered
                act(session, call)
            elif reason := session.must_stop():
                return session.end(*reason)
            else:
                ask(session)
    except Spent as e:
        return session.end("limit", str(e))
    return session.end("finished")


def next_call(events: Sequence[Event]) -> Call | None:
    """What the model asked for and nothing has answered."""
    answered = set()
    for event in reversed(events):
        if isinstance(event, Observed):
            answered.add(event.observation.call)
        if isinstance(event, Replied):
            return next((call for call in event.reply.calls if call.id not in answered), None)
    return None


def is_done(events: Sequence[Event]) -> bool:
    """Whether the model's claim to be done was accepted."""
    for event in reversed(events):
        if isinstance(event, Replied):
            return False
        if isinstance(event, Observed) and event.observation.done:
            return True
    return False


def act(session: Session, call: Call) -> None:
    """Do one call, and keep the files that it leaves."""
    before = stuck.same(session.log.events, call, session.tree)
    session.log.append(Called(call=call))
    if refusal := stuck.in_vain(call, before):
        session.log.append(Observed(observation=refusal))
        return
    observation = session.toolbox.observe(call)
    tree = session.tree if call.tool in READERS else session.workspace.snapshot()
    session.control.check()
    if tree != session.tree:
        session.log.append(Changed(tree=tree))
    session.log.append(Observed(observation=stuck.hinted(observation, tree, before)))


def ask(session: Session) -> None:
    """Say what there is to say, then let the model answer."""
    for fact in session.to_say():
        session.log.append(fact)
    session.workspace.sandbox.check()  # an answer costs money: it is to find a sandbox that lives
    started = time.monotonic()
    reply = answer(session)
    session.control.check()
    take(session, reply, time.monotonic() - started)


def take(session: Session, reply: Reply, seconds: float) -> None:
    """Write down an answer, and what is said to one that calls nothing."""
    calls = [
        c.model_copy(update={"id": f"{limits.steps(session.log.events) + 1}.{i}"})
        for i, c in enumerate(reply.calls, 1)
    ]
    reply = reply.model_copy(update={"calls": tuple(calls)})
    other = "" if session.model.name == session.opened.model else session.model.name
    session.log.append(Replied(reply=reply, model=other, seconds=seconds))
    if not calls:
        session.log.append(Said(role="user", text=session.reminder(reply), about="reminder"))


def answer(session: Session) -> Reply:
    """The model's answer. A conversation that it cannot take is narrowed and sent again, while that makes it shorter."""
    while True:
        summarise(session)
        sent = session.conversation.messages(session.log.events)
        try:
            return session.model.complete(sent, session.schemas(), session.listen, session.control.stop)
        except ModelOverflow as e:
            event = Narrowed(window=context.narrower(sent, e.limit))
            if context.messages([*session.log.events, event], session.model.profile.window) == sent:
                raise
            session.log.append(event)
