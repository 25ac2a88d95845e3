"""Every provider that litellm knows. The only file that imports it, and only once a model of it is used."""

import os
import threading
from collections.abc import Sequence
from types import ModuleType

from . import overflow, wire
from .base import (
    CAPABLE,
    Listener,
    Message,
    ModelOverflow,
    ModelRefused,
    Profile,
    Reply,
    Schema,
    Transient,
    Usage,
)
from .wire import Gathered, body

OVERFLOW = "ContextWindowExceededError"
ERRORS = {
    "AuthenticationError": (False, "refuses the key: set the right one in the environment and resume"),
    "PermissionDeniedError": (False, "does not allow this model with this key"),
    "NotFoundError": (False, "does not know this model: choose with --model"),
    OVERFLOW: (False, "cannot take a conversation of this length"),
    "ContentPolicyViolationError": (False, "refuses the request for its content policy"),
    "UnsupportedParamsError": (False, "does not take a parameter of the request"),
    "BadRequestError": (False, "refuses the request"),
    "BudgetExceededError": (False, "reports an exhausted budget"),
    "RateLimitError": (True, "limits the rate"),
    "Timeout": (True, "does not answer in time"),
    "APIConnectionError": (True, "cannot be reached"),
    "ServiceUnavailableError": (True, "is overloaded"),
    "InternalServerError": (True, "has an internal error"),
    "BadGatewayError": (True, "cannot be reached behind its gateway"),
    "APIError": (True, "reports an error"),
    "APIResponseValidationError": (True, "sent an answer that cannot be read"),
}
"""litellm's exceptions: whether another try may help, and what to tell a person."""


class LiteLLM:
    """A model by its litellm name, such as anthropic/claude-sonnet-4-5."""

    def __init__(self, name: str, profile: Profile = CAPABLE, url: str = "", key: str = "") -> None:
        self.name, self.profile = name, profile
        self._place = {k: v for k, v in (("api_base", url), ("api_key", key)) if v}
        self._importing = threading.Thread(target=_import, daemon=True)
        self._importing.start()  # seconds, while the sandbox opens

    def complete(
        self,
        messages: Sequence[Message],
        tools: Sequence[Schema],
        listen: Listener,
        stop: threading.Event,
        most: int = 0,
    ) -> Reply:
        self._importing.join()
        gathered = Gathered()
        try:
            self._hear(body(messages, tools, self.profile), most, gathered, listen, stop)
        except Exception as e:
            again, sentence = known(e)
            text = f"{self.name}: the provider {sentence} ({brief(e)})."
            if not again and (overflow.meant(brief(e)) or type(e).__name__ == OVERFLOW):
                raise ModelOverflow(text, overflow.limit(brief(e))) from e
            if not again:
                raise ModelRefused(text) from e
            raise Transient(text, retry_after(e), usage=gathered.lost(messages)) from e
        if not gathered.stop and not stop.is_set():
            raise Transient("The answer broke off.", usage=gathered.lost(messages))
        reply = gathered.reply(tools, self.profile, whole=bool(gathered.stop))
        return reply.model_copy(update={"usage": priced(_import(), self.name, reply.usage)})

    def close(self) -> None:
        """Nothing is held."""

    def _hear(
        self, request: Schema, most: int, gathered: Gathered, listen: Listener, stop: threading.Event
    ) -> None:
        longest = most or self.profile.answer
        limit = {"max_tokens": longest} if longest else {}
        stream = _import().completion(
            model=self.name, **request, **limit, **self._place, num_retries=0, timeout=600
        )
        for chunk in stream:
            listen(gathered.add(chunk.model_dump()))
            if stop.is_set():
                break


def _import() -> ModuleType:
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # else it fetches one as it is imported
    import litellm

    litellm.suppress_debug_info = True
    return litellm


def known(error: Exception) -> tuple[bool, str]:
    """The table's row for an error. What is not in the table is no provider's error and raised again."""
    for kind in type(error).__mro__:
        if kind.__name__ in ERRORS and "litellm" in kind.__module__ + str(getattr(error, "llm_provider", "")):
            return ERRORS[kind.__name__]
        if kind.__name__ in ERRORS and kind.__module__.startswith("openai"):
            return ERRORS[kind.__name__]
    if isinstance(error, OSError):
        return True, "cannot be reached"
    raise error


def brief(error: Exception) -> str:
    return " ".join(str(error).split())[:300]


def retry_after(error: Exception) -> float:
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    return wire.retry_after(str(headers.get("retry-after", "")))


def priced(litellm: ModuleType, name: str, usage: Usage) -> Usage:
    """The usage with its price, where litellm's map knows the model."""
    try:
        prompt, completion = litellm.cost_per_token(
            model=name,
            prompt_tokens=usage.prompt,
            completion_tokens=usage.completion,
            cache_read_input_tokens=usage.cached,
        )
    except Exception:
        return usage
    return usage.model_copy(update={"dollars": prompt + completion})
