"""Edits as models make them: the files, what was asked for, and the files that must result or the refusal's words.

Drawn from what users of coding agents report: see the heads of the modules.
"""

from corpus import blanks, blocks, codex, exact, newlines, paths, reasons, signs, unified, whole
from corpus.case import Case

CASES: list[Case] = [
    case
    for module in (exact, newlines, blanks, signs, reasons, codex, unified, blocks, whole, paths)
    for case in module.CASES
]
