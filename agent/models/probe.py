"""What a model that nobody knows can do: a short exchange, the answers to which are kept.

Does its endpoint take tools; does it call them, natively or in its text, and in which form; does it heed the system's
message; and where that costs nothing, is its context as long as a conversation needs.
"""

import threading

from ... import prompts
from .answers import Answers
from .base import Make, Message, ModelError, ModelOverflow, Profile, Reply, Transient, Usage
from .hosts import Context

WORD, DEEP = "kestrel", "heron"
"""Words that have to come back."""
ANSWER = 2_000
"""Tokens of an answer, thoughts included."""
LONG = 5_000
"""Words of the long message: more than the context that Ollama gives by default."""
NOTE = {
    "type": "function",
    "function": {
        "name": "note",
        "description": "Take a note.",
        "parameters": {
            "type": "object",
            "properties": {"word": {"type": "string"}, "sum": {"type": "integer"}},
            "required": ["word", "sum"],
        },
    },
}


def ask(make: Make, profile: Profile, stop: threading.Event) -> Answers:
    """Ask for a call, natively and, where none comes, in the text. Raises ModelError where nothing is learned."""
    taken, spent = True, Usage()
    natively = profile.model_copy(update={"protocol": "native"})
    try:
        reply = said(make, natively, stop, [trial_rules(natively), trial()])
        spent = reply.usage
        if reply.calls:
            return judged(reply, True, spent)
    except Transient as e:
        if "tool" not in str(e) and "jinja" not in str(e):
            raise
        taken = False
    except ModelError:
        taken = False
    spoken = profile.model_copy(update={"protocol": profile.text})
    reply = said(make, spoken, stop, [trial_rules(spoken), trial()])
    return judged(reply, taken, spent + reply.usage)


def judged(reply: Reply, tools: bool, spent: Usage) -> Answers:
    right = [c for c in reply.calls if c.tool == "note" and not c.problem]
    known = any(WORD in str(c.args) for c in right)
    form = reply.form if right else ""
    return Answers(tools=tools, form=form, system=known or not right, usage=spent)


def trial_rules(profile: Profile) -> Message:
    rules = prompts.render("trial", word=WORD)
    if profile.native:
        return Message(role="system", text=rules)
    from . import spoken

    return Message(role="system", text=f"{rules}\n\n{spoken.describe(profile, [NOTE])}")


def trial() -> Message:
    return Message(role="user", text=prompts.render("trial-call"))


def measure(make: Make, profile: Profile, stop: threading.Event) -> Answers:
    """Send what is longer than the smallest contexts. Raises ModelError: TooSmall where less of it was read."""
    message = Message(role="user", text=prompts.render("trial-long", word=DEEP, filler=filler()))
    try:
        reply = said(make, profile.model_copy(update={"protocol": "json"}), stop, [message])
    except ModelOverflow as e:
        return Answers(context=e.limit or LONG, says="its endpoint, by an error", usage=e.usage)
    recalls = DEEP in (reply.text + reply.reasoning).lower()
    return Answers(counts=reply.usage.prompt > 0, recalls=recalls, usage=reply.usage)


def filler() -> str:
    """Words without a meaning, ten a line."""
    some = ["apple", "river", "stone", "cloud", "paper", "green", "light", "north", "table", "seven"]
    return "\n".join(" ".join(some[n % 10 :] + some[: n % 10]) for n in range(LONG // 10))


def said(make: Make, profile: Profile, stop: threading.Event, messages: list[Message]) -> Reply:
    model = make(profile)
    try:
        reply = model.complete(messages, [NOTE], lambda _: None, stop, ANSWER)
        if stop.is_set():
            raise ModelError("it was stopped")
        return reply
    finally:
        model.close()


def merged(calls: Answers, long: Answers, context: Context) -> Answers:
    """All that was learned, as one."""
    new = long.model_dump(include={"counts", "recalls", "context", "says"})
    if context.tokens:
        new |= {"context": context.tokens, "says": context.says}
    return calls.model_copy(update=new | {"usage": calls.usage + long.usage})
