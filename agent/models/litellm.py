"""Every provider that litellm knows. The only file that imports it, and only once a model of it is used."""

import os
import re
import threading
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from . import overflow, wire
from .apart import Apart
from .base import CAPABLE, Listener, Message, ModelOverflow, ModelRefused, Profile, Reply, Schema, Transient
from .endpoint import PASSING, SILENCE
from .wire import Gathered, body

NO_REPLY = "sent an answer that cannot be read"
REFUSES = "refuses the request"
ERRORS = {
    "AuthenticationError": (False, "refuses the key: set the right one in the environment and resume"),
    "PermissionDeniedError": (False, "does not allow this model with this key"),
    "NotFoundError": (False, "does not know this model: choose with --model"),
    "LiteLLMUnknownProvider": (False, "is not known to litellm: choose with --model"),
    "ModelNotMappedError": (False, "is not known to litellm: choose with --model"),
    "ContextWindowExceededError": (False, "cannot take a conversation of this length"),
    "ContentPolicyViolationError": (False, "refuses the request for its content policy"),
    "RejectedRequestError": (False, "refuses the request for its content policy"),
    "GuardrailRaisedException": (False, "refuses the request for a guardrail"),
    "BlockedPiiEntityError": (False, "refuses the request for personal data in it"),
    "SensitiveDataRouteException": (False, "refuses the request for personal data in it"),
    "ModifyResponseException": (False, "refuses the request for a guardrail"),
    "UnsupportedParamsError": (False, "does not take a parameter of the request"),
    "UnprocessableEntityError": (False, REFUSES),
    "InvalidRequestError": (False, REFUSES),
    "BadRequestError": (False, REFUSES),
    "ImageFetchError": (False, REFUSES),
    "VectorStoreSearchError": (False, REFUSES),
    "BudgetExceededError": (False, "reports an exhausted budget"),
    "RateLimitError": (True, "limits the rate"),
    "Timeout": (True, "does not answer in time"),
    "APIConnectionError": (True, "cannot be reached"),
    "MidStreamFallbackError": (True, "broke off its answer"),
    "ServiceUnavailableError": (True, "is overloaded"),
    "InternalServerError": (True, "has an internal error"),
    "BadGatewayError": (True, "cannot be reached behind its gateway"),
    "APIError": (True, "reports an error"),
    "OpenAIError": (True, "reports an error"),
    "MockException": (True, "reports an error"),
    "APIResponseValidationError": (True, NO_REPLY),
    "JSONSchemaValidationError": (True, NO_REPLY),
}
"""litellm's exceptions: whether another try may help, and what to tell a person."""
REPEATS = "repeating the same chunk"
MARK = {"type": "ephemeral"}
"""Up to here the provider is to keep the conversation in its cache."""


class LiteLLM:
    """A model by its litellm name, such as anthropic/claude-sonnet-4-5."""

    def __init__(
        self,
        name: str,
        profile: Profile = CAPABLE,
        url: str = "",
        key: str = "",
        effort: str = "",
        silence: float = SILENCE,
    ) -> None:
        self.name, self.profile, self._effort, self._silence = name, profile, effort, silence
        self._place = {k: v for k, v in (("api_base", url), ("api_key", key)) if v}
        self._waiting: Apart | None = None
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
        while self._importing.is_alive() and not stop.is_set():
            self._importing.join(0.1)
        longest = most or self.profile.answer
        request = {"model": self.name, **self._request(messages, tools, longest)}
        gathered = Gathered(longest)
        try:
            self._hear(request, gathered, listen, stop)
        except Exception as e:
            if REPEATS in str(e):  # litellm's own end of an answer that goes round in circles
                gathered.stop = "length"
            if not gathered.stop and not stop.is_set():
                raise self._failed(e, gathered) from e
        if not gathered.stop and not stop.is_set():
            raise Transient("The answer broke off.", usage=gathered.lost())
        return gathered.reply(tools, self.profile, whole=bool(gathered.stop))

    def close(self) -> None:
        if waiting := self._waiting:
            waiting.close()

    def _request(self, messages: Sequence[Message], tools: Sequence[Schema], longest: int) -> dict[str, Any]:
        request = body(messages, tools, self.profile)
        if signs(self.name) and self.profile.native:
            for m, sent in zip(messages, request["messages"], strict=True):
                if m.thinking and "tool_calls" in sent:
                    sent["thinking_blocks"] = list(m.thinking)
        if marks(self.name):
            mark(request["messages"])
        if self._effort and not (signs(self.name) and 0 < longest < LEAST_TO_THINK):
            request["reasoning_effort"] = self._effort
        limit = {"max_tokens": longest} if longest else {}
        return {**request, **limit, **self._place, "num_retries": 0, "timeout": self._silence}

    def _hear(
        self, request: dict[str, Any], gathered: Gathered, listen: Listener, stop: threading.Event
    ) -> None:
        self._waiting = waiting = Apart(lambda: _import().completion(**request), self._silence)
        try:
            for chunk in waiting:
                listen(gathered.add(chunk.model_dump()))
                if stop.is_set() or gathered.too_long():
                    break
        finally:
            self._waiting = None
            waiting.close()

    def _failed(self, error: Exception, gathered: Gathered) -> Exception:
        """What an error means."""
        again, sentence = known(error)
        said, status = brief(error), int(getattr(error, "status_code", 0) or 0)
        text = f"{self.name}: the provider {sentence} ({said})."
        if (
            type(error).__name__ == "ContextWindowExceededError"
            or status == 413
            or overflow.meant(str(error))
        ):
            return ModelOverflow(text, overflow.limit(said))
        if status in (401, 403):
            return ModelRefused(f"{self.name}: the provider {ERRORS['AuthenticationError'][1]} ({said}).")
        if status == 402 or overflow.unpaid(str(error)):
            return ModelRefused(f"{self.name}: the provider wants to be paid ({said}): see to it and resume.")
        if not again or (400 <= status < 500 and status not in PASSING):
            return ModelRefused(text)
        return Transient(text, retry_after(error), usage=gathered.lost())


LEAST_TO_THINK = 8_192
"""Tokens of an answer below which Anthropic's models cannot be told to think: it takes up to half of them."""


def _import() -> ModuleType:
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # else it fetches one as it is imported
    import litellm

    litellm.suppress_debug_info = True
    return litellm


def signs(name: str) -> bool:
    """Whether a model signs its thinking and wants it back with what came of its calls: Anthropic's do."""
    provider = name.partition("/")[0]
    return provider == "anthropic" or (provider in ("bedrock", "vertex_ai") and "claude" in name.lower())


def marks(name: str) -> bool:
    """Whether a provider keeps in its cache what it is told to keep, and nothing else."""
    return signs(name) or (name.startswith("openrouter/") and "claude" in name.lower())


def mark(messages: list[dict[str, Any]]) -> None:
    """Mark what is worth keeping: the rules, the conversation as it is now, and as it was asked for last time."""
    answers = [i for i, m in enumerate(messages) if m["role"] == "assistant"]
    ends = {0, len(messages) - 1, answers[-1] - 1 if answers else 0}
    for i in ends:
        if messages[i].get("content"):
            block = {"type": "text", "text": messages[i]["content"], "cache_control": MARK}
            messages[i]["content"] = [block]


def known(error: Exception) -> tuple[bool, str]:
    """The table's row for an error. What is no provider's error is raised again."""
    for kind in type(error).__mro__:
        if kind.__name__ in ERRORS and kind.__module__.partition(".")[0] in ("litellm", "openai"):
            return ERRORS[kind.__name__]
    if isinstance(error, OSError) or type(error).__module__.partition(".")[0] in ("httpx", "httpcore"):
        return True, "cannot be reached"
    raise error


def brief(error: Exception) -> str:
    """What the provider said, without what litellm says around it."""
    text = " ".join(str(error).split())
    found = re.search(r'"message": ?"((?:[^"\\]|\\.)*)"', text)
    return (found[1] if found else re.sub(r"^(litellm\.\w+: |\w+Error: )+", "", text))[:300]


def retry_after(error: Exception) -> float:
    own = getattr(getattr(error, "response", None), "headers", None) or {}
    headers = {**(getattr(error, "litellm_response_headers", None) or {}), **own}
    lower = {str(name).lower(): value for name, value in headers.items()}
    return wire.retry_after(str(lower.get("retry-after", "")))
