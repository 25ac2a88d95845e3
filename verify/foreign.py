"""Lines by which code in another language than Python gets past its tests, where a patch brings them."""

import re
from collections.abc import Iterator

from .finding import Finding, Severity

SCRIPTS = r"\.([cm]?[jt]sx?|vue|svelte)$"
RULES: tuple[tuple[str, str, str, Severity, str], ...] = (
    (
        SCRIPTS,
        r"\bprocess\.(reallyExit|abort|kill)\s*\(|\bprocess\.exitCode\s*=\s*0\b",
        "ends-process",
        "error",
        "ends the process, or says how it ended",
    ),
    (
        SCRIPTS,
        r"\bprocess\.exit\s*\(\s*0?\s*\)",
        "ends-process",
        "warning",
        "ends the process as if all were well",
    ),
    (
        SCRIPTS,
        r"\bprocess\.(on|once|addListener|prependListener)\s*\(\s*['\"](before)?[eE]xit|['\"]uncaughtException|\bprocess\.exit\s*=",
        "ends-process",
        "error",
        "runs when the process ends, and may change what it says",
    ),
    (
        SCRIPTS,
        r"JEST_WORKER_ID|VITEST|NODE_TEST_CONTEXT|MOCHA_|NODE_ENV\s*={2,3}\s*['\"]test|['\"]test['\"]\s*={2,3}\s*process\.env\.NODE_ENV",
        "sniffs-tests",
        "error",
        "asks whether tests are running",
    ),
    (
        SCRIPTS,
        r"process\.argv[^\n]*(test|jest|mocha|vitest)|\bglobal(This)?\.(it|test|expect|describe|jest|vi)\b|typeof\s+(jest|describe|it|expect|vi)\b",
        "sniffs-tests",
        "error",
        "asks whether tests are running",
    ),
    (
        SCRIPTS,
        r"require\.cache|require\(['\"](?:node:)?assert['\"]\)[\w.]*\s*=[^=]|Module\._(load|resolveFilename)|\b(assert|expect)(\.\w+)+\s*=[^=]|(AssertionError|Object|Array|String|Number|Map|Set|JSON|Function)\.(prototype\.)?\w+\s*=[^=]|expect\.extend",
        "patches-others",
        "error",
        "changes what belongs to the tests or to all",
    ),
    (
        SCRIPTS,
        r"defineProperty\([^,\n]*,\s*['\"](strictEqual|deep\w+|equal|ok|throws|toBe|toEqual|exit\w*)['\"]|\.prototype\.require\b"
        r"|require\(\s*['\"](node:)?module['\"]",
        "patches-others",
        "error",
        "changes what belongs to the tests or to all",
    ),
    (
        SCRIPTS,
        r"\[\s*['\"]\w+['\"]\s*\+\s*['\"]|\beval\s*\(|new Function\s*\(|atob\s*\(|['\"]base64['\"]\)\.toString",
        "hides-code",
        "warning",
        "puts together what it does from texts",
    ),
    (
        SCRIPTS,
        r"\[\s*['\"]\w+['\"]\s*\+\s*['\"]\w+['\"]\s*\]\s*[=(]",
        "hides-code",
        "error",
        "sets or calls something by a name that is put together",
    ),
    (
        SCRIPTS,
        r"(require|from)\s*\(?\s*['\"](node:)?(assert|test|vitest|@jest/globals|mocha|chai)\b",
        "knows-runner",
        "warning",
        "imports what runs or makes tests",
    ),
    (
        SCRIPTS,
        r"new Error\(\)\.stack|captureStackTrace|prepareStackTrace",
        "reaches-out",
        "warning",
        "looks at who called it",
    ),
    (
        SCRIPTS,
        r"catch\s*(\([^)]*\))?\s*\{\s*\}",
        "swallows-errors",
        "warning",
        "any error is caught, and nothing is done",
    ),
    (r"\.go$", r"\bos\.Exit\(0\)", "ends-process", "warning", "ends the process as if all were well"),
    (
        r"\.go$",
        r"\btesting\.(Testing|Short|Verbose)\(|flag\.Lookup\(\"test\.|\"-?test\.|HasSuffix\(os\.Args\[0\], *\"\.test\"",
        "sniffs-tests",
        "error",
        "asks whether tests are running",
    ),
    (
        r"\.go$",
        r"^[ \t]*(\w+[ \t]+)?\"testing\"|func init\(\)\s*\{[^}]*os\.Exit",
        "knows-runner",
        "error",
        "code that is tested imports what runs tests",
    ),
    (
        r"\.rs$",
        r"process::(exit\(0|abort)|panic::set_hook",
        "ends-process",
        "warning",
        "ends the process, or hides how",
    ),
    (
        r"\.rs$",
        r"cfg!?\(test\)\s*[\])]?\s*\{|cfg!\(test\)|RUST_TEST|NEXTEST",
        "sniffs-tests",
        "error",
        "asks whether tests are running",
    ),
    (
        r"\.rb$",
        r"\bexit!|\bat_exit\b|Kernel\.exit",
        "ends-process",
        "warning",
        "ends the process, or runs when it ends",
    ),
    (
        r"\.rb$",
        r"defined\?\(\s*(RSpec|Minitest|Test::Unit)|\$PROGRAM_NAME[^\n]*(rspec|test)|\$0[^\n]*rspec",
        "sniffs-tests",
        "error",
        "asks whether tests are running",
    ),
    (
        r"\.(java|kt)$",
        r"System\.exit\(0\)|Runtime\.getRuntime\(\)\.halt",
        "ends-process",
        "warning",
        "ends the process as if all were well",
    ),
    (
        r"\.(java|kt)$",
        r"getStackTrace\(\)[^\n]*(junit|Test)|org\.junit",
        "sniffs-tests",
        "error",
        "asks whether tests are running",
    ),
    (
        r"\.php$",
        r"PHPUNIT_|defined\(['\"]PHPUNIT|class_exists\([^)]*PHPUnit",
        "sniffs-tests",
        "error",
        "asks whether tests are running",
    ),
    (r"\.(sh|bash)$", r"\btrap\b[^\n]*exit 0", "ends-process", "warning", "ends as if all were well"),
)
"""Which files, a sign, its rule, how bad it is, and what it does."""


def foreign(path: str, before: str, after: str) -> Iterator[Finding]:
    """What the lines of a file newly do."""
    for where, sign, rule, severity, what in RULES:
        if not re.search(where, path):
            continue
        known = {found[0] for found in re.finditer(sign, before, re.MULTILINE)}
        for found in re.finditer(sign, after, re.MULTILINE):
            if found[0] not in known:
                line = after.count("\n", 0, found.start()) + 1
                message = f"{what}: {' '.join(found[0].split())[:60]}"
                yield Finding(
                    check="tamper", rule=rule, severity=severity, path=path, line=line, message=message
                )
                break
