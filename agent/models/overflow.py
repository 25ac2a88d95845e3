"""What providers say where a conversation is too long for their model, and where nobody pays.

There is no status or code for either that they have in common.
"""

import re

SAYINGS = (
    r"context_length_exceeded|maximum context length|context (window|size|limit|length)[^.]{0,40}exceed"
    r"|exceeds? (the |its )?(available |maximum )?(context|number of tokens|token)|exceed_context_size"
    r"|prompt is too long|input is too long|input token count|too many (input )?tokens"
    r"|(prompt|input|request)[^.]{0,60}too (long|large) for (the )?model|reduce the length of the (messages|prompt|input)"
    r"|request_too_large|request exceeds the maximum size"
    r"|inputs? tokens \+ max_new_tokens must be"
)
UNPAID = (
    r"insufficient[_ ](quota|balance|credit|funds)|exceeded your current quota|credit balance is too low"
    r"|billing (hard )?limit|out of credits"
)
LIMITS = (
    r"maximum context length (?:is|of) (\d+)",
    r"> (\d+) maximum",
    r"maximum number of tokens allowed \((\d+)\)",
    r"with (\d+) maximum context length",
    r"must be <= (\d+)",
    r"context size \((\d+)",
    r"n_ctx\D{1,4}(\d+)",
)


def meant(text: str) -> bool:
    """Whether an error's text says that the conversation is too long."""
    return bool(re.search(SAYINGS, text.replace("`", ""), re.IGNORECASE))


def limit(text: str) -> int:
    """The tokens that the model takes, where the text says so; else 0."""
    found = (re.search(pattern, text.replace(",", "")) for pattern in LIMITS)
    return next((int(match[1]) for match in found if match), 0)


def unpaid(text: str) -> bool:
    """Whether an error's text says that there is no credit left: waiting does not help."""
    return bool(re.search(UNPAID, text, re.IGNORECASE))
