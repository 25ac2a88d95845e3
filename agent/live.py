"""An answer in the making, shown without its secrets, also where one comes in pieces."""

import re
from collections.abc import Callable

from ..sandbox.secrets import Secrets

NOTICE, MORE = "\n[", (", ", "]")
"""How a line begins that is not the model's, and how it goes on, say while a countdown runs."""
KEY, OVER, MOST = "-----BEGIN", re.compile(r"-----END [^\n-]*-----"), 16_000
"""What a private key begins and ends with, and how much is waited for its end."""


class Live:
    """Passes text on up to its last blank, which no secret has; where one does, up to the end of the last line."""

    def __init__(self, secrets: Secrets, listen: Callable[[str], None]) -> None:
        self._secrets, self._listen, self._kept = secrets, listen, list[str]()
        self._aside = False

    def hear(self, text: str) -> None:
        """Text as it comes. A notice is passed on by itself; the answer that it interrupts is begun anew."""
        self._aside = text.startswith((NOTICE, *MORE) if self._aside else NOTICE)
        if self._aside:
            self._kept.clear()
            self._listen(self._secrets.redact(text))
            return
        self._kept.append(text)
        if any(map(str.isspace, text)):
            whole = "".join(self._kept)
            end = self._safe(whole)
            self._kept = [whole[end:]]
            if end:
                self._listen(self._secrets.redact(whole[:end]))

    def end(self) -> None:
        """The answer is complete."""
        whole = "".join(self._kept)
        self._kept.clear()
        if whole:
            self._listen(self._secrets.redact(whole))

    def _safe(self, text: str) -> int:
        """Up to where no secret can have begun that is not over."""
        blanks = "\n" if self._secrets.wide else " \n\t\r"
        end = max(map(text.rfind, blanks)) + 1
        begun = text.rfind(KEY)
        if begun < 0:
            return end
        if over := OVER.search(text, begun):
            return max(end, over.end())
        return min(begun, end) if len(text) - begun < MOST else end
