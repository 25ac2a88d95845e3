"""The obvious in other languages than Python, by single lines."""

import posixpath
import re
from collections.abc import Iterator

from ..finding import Severity
from ..newly import Issue, plain, words
from .literals import secret

SCRIPT = ".js .jsx .mjs .cjs .ts .tsx .mts .cts .vue .svelte"
HOLE = r"(?:\$\{|[\"'`]\s*\+\s*\w)"
SAID = r"(?:const|let|var|private|public|static|final|string|String|:=)?"
TABLE: tuple[tuple[str, str, Severity, str, str], ...] = (
    (
        SCRIPT,
        "code-injection",
        "error",
        r"(?<![\w.])(?:eval|new Function)\((?!\s*[\"'][^\"']*[\"']\s*\))\s*\w",
        "a value is run as code",
    ),
    (
        SCRIPT,
        "shell-injection",
        "error",
        r"\bexec(?:Sync)?\(\s*(?:`[^`]*\$\{|[\"'][^\"']*[\"']\s*\+)",
        "a shell reads a value, unquoted",
    ),
    (SCRIPT, "shell-injection", "warning", r"\bshell:\s*true", "words are read by a shell"),
    (
        SCRIPT,
        "cross-site-scripting",
        "error",
        r"(?:\.(?:innerHTML|outerHTML)\s*\+?=(?!=)\s*(?!\s*[\"'`][^\"'`$]*[\"'`]\s*;?\s*$)(?!.*(?:escape|sanitize|DOMPurify))|insertAdjacentHTML\([^,]+,\s*(?![\"'`][^$]*$)|document\.write\(\s*(?![\"']))",
        "a value is put into a page as it is",
    ),
    (
        SCRIPT,
        "cross-site-scripting",
        "error",
        r"dangerouslySetInnerHTML=\{\{\s*__html:(?!.*(?:sanitize|DOMPurify|escape))",
        "a value is put into a page as it is",
    ),
    (
        SCRIPT,
        "unverified-tls",
        "error",
        r"rejectUnauthorized['\"]?\s*:\s*false|NODE_TLS_REJECT_UNAUTHORIZED['\"\]]*\s*[=:]\s*['\"]?0",
        "certificates are not checked",
    ),
    (
        SCRIPT,
        "sql-injection",
        "error",
        rf"\b(?:query|execute|raw|run|all|get|unsafe)\(\s*[`\"'](?:SELECT|INSERT|UPDATE|DELETE|select|insert|update|delete)\b[^;]*?{HOLE}",
        "a value is put into the text of a query",
    ),
    (
        SCRIPT,
        "weak-random",
        "error",
        r"(?i)(?:token|secret|password|nonce|session_?id|otp|api_?key)\w*\s*[:=].*Math\.random\(",
        "Math.random can be predicted",
    ),
    (SCRIPT, "weak-hash", "warning", r"createHash\(\s*['\"](?:md5|sha1)['\"]", "the hash is broken"),
    (
        SCRIPT,
        "unsafe-deserialisation",
        "error",
        r"\bunserialize\(\s*(?:req|request)\b|\byaml\.load\([^)]*DEFAULT_FULL_SCHEMA",
        "data makes any object",
    ),
    (
        SCRIPT,
        "unverified-token",
        "error",
        r"jwt\.verify\([^)]*algorithms:\s*\[[^\]]*['\"]none['\"]|ignoreExpiration:\s*true",
        "a token is not checked",
    ),
    (
        SCRIPT,
        "path-traversal",
        "error",
        r"\b(?:readFile|readFileSync|createReadStream|sendFile|writeFile|writeFileSync|unlink|unlinkSync)\([^)]*\breq\.(?:query|params|body)\b",
        "a request names a file",
    ),
    (
        SCRIPT,
        "open-redirect",
        "error",
        r"\bres\.redirect\(\s*req\.(?:query|body|params)\b",
        "a request says where the browser goes",
    ),
    (
        ".go",
        "unverified-tls",
        "error",
        r"InsecureSkipVerify\s*:\s*true|InsecureIgnoreHostKey\(\)",
        "certificates are not checked",
    ),
    (
        ".go",
        "shell-injection",
        "error",
        r"exec\.Command(?:Context)?\((?:ctx,\s*)?\"(?:sh|bash|/bin/sh|/bin/bash)\",\s*\"-c\",\s*(?:fmt\.Sprintf|\w+\s*\)|\"[^\"]*\"\s*\+)",
        "a shell reads a value, unquoted",
    ),
    (
        ".go",
        "sql-injection",
        "error",
        r"\.(?:Query|QueryRow|Exec)(?:Context)?\((?:ctx,\s*)?(?:fmt\.Sprintf\(\s*[\"`](?i:select|insert|update|delete)|[\"`](?i:select|insert|update|delete)[^\"`]*[\"`]\s*\+)",
        "a value is put into the text of a query",
    ),
    (".go", "weak-hash", "warning", r"\b(?:md5|sha1)\.(?:New|Sum)\(", "the hash is broken"),
    (
        ".go",
        "weak-random",
        "error",
        r"(?i)(?:token|secret|password|nonce|otp)\w*\s*:?=.*\brand\.(?:Intn|Int|Int63|Read)\(",
        "math/rand can be predicted",
    ),
    (
        ".java .kt .scala",
        "sql-injection",
        "error",
        r"(?:executeQuery|executeUpdate|execute|createQuery|createNativeQuery|prepareStatement)\(\s*\"(?i:select|insert|update|delete)[^\"]*\"\s*\+\s*\w",
        "a value is put into the text of a query",
    ),
    (
        ".java .kt .scala",
        "shell-injection",
        "error",
        r"Runtime\.getRuntime\(\)\.exec\(\s*(?:\"[^\"]*\"\s*\+|String\.format)",
        "a command is put together from values",
    ),
    (
        ".java .kt .scala",
        "unsafe-deserialisation",
        "error",
        r"new\s+ObjectInputStream\(",
        "data makes any object",
    ),
    (
        ".java .kt .scala",
        "weak-hash",
        "warning",
        r"MessageDigest\.getInstance\(\s*\"(?:MD5|SHA-?1)\"",
        "the hash is broken",
    ),
    (
        ".java .kt .scala",
        "weak-cipher",
        "error",
        r"Cipher\.getInstance\(\s*\"(?:DES|RC4|AES/ECB|DESede|AES\")",
        "the cipher is broken",
    ),
    (
        ".java .kt .scala",
        "unverified-tls",
        "error",
        r"ALLOW_ALL_HOSTNAME_VERIFIER|NoopHostnameVerifier|TrustAllStrategy",
        "certificates are not checked",
    ),
    (
        ".php",
        "sql-injection",
        "error",
        r"(?:query|mysqli_query|exec)\([^;]*[\"'](?i:select|insert|update|delete)[^;]*\$(?:_GET|_POST|_REQUEST|_COOKIE)",
        "a value is put into the text of a query",
    ),
    (
        ".php",
        "shell-injection",
        "error",
        r"\b(?:exec|system|shell_exec|passthru|popen)\([^;]*\$(?:_GET|_POST|_REQUEST)",
        "a shell reads a value",
    ),
    (
        ".php",
        "code-injection",
        "error",
        r"\beval\(\s*\$|\bunserialize\(\s*\$_|\b(?:include|require)(?:_once)?\s*\(?\s*\$_",
        "a value is run as code",
    ),
    (
        ".php",
        "cross-site-scripting",
        "error",
        r"\becho\s+[^;]*\$_(?:GET|POST|REQUEST|COOKIE)(?![^;]*htmlspecialchars)",
        "a value is put into a page as it is",
    ),
    (
        ".rb .erb",
        "sql-injection",
        "error",
        r"\.(?:where|find_by_sql|execute|order)\(\s*\"[^\"]*#\{",
        "a value is put into the text of a query",
    ),
    (
        ".rb .erb",
        "shell-injection",
        "error",
        r"(?:\bsystem|\bexec|`)\(?\s*\"?[^\"`]*#\{\s*params",
        "a shell reads a value",
    ),
    (
        ".rb .erb",
        "code-injection",
        "error",
        r"\beval\(\s*params|\bMarshal\.load\(|\bYAML\.load\(\s*params|\.constantize\b.*params",
        "data is run as code",
    ),
    (".rb .erb", "unverified-tls", "error", r"VERIFY_NONE", "certificates are not checked"),
    (
        ".rs",
        "unverified-tls",
        "error",
        r"danger_accept_invalid_(?:certs|hostnames)\(\s*true",
        "certificates are not checked",
    ),
    (
        ".rs",
        "shell-injection",
        "error",
        r"\.arg\(\s*\"-c\"\s*\)\s*\.arg\(\s*&?format!",
        "a shell reads a value, unquoted",
    ),
    (
        ".rs",
        "sql-injection",
        "error",
        r"(?:query|execute|sql_query)\(\s*&?format!\(\s*\"(?i:select|insert|update|delete)",
        "a value is put into the text of a query",
    ),
    (
        ".c .cc .cpp .cxx .h .hpp",
        "unbounded-copy",
        "error",
        r"(?<![\w.>])(?:gets|strcpy|strcat|sprintf|vsprintf)\s*\((?!\s*\w+\s*,\s*\"[^%\"]*\"\s*\))",
        "it writes past the end of what is too short",
    ),
    (
        ".c .cc .cpp .cxx .h .hpp",
        "format-string",
        "error",
        r"(?<!\w)(?:printf|syslog)\s*\(\s*(?:LOG_\w+\s*,\s*)?[a-z]\w*(?:->\w+|\.\w+)?\s*\)",
        "a value is read as a format",
    ),
    (
        ".sh .bash",
        "unverified-download",
        "error",
        r"\b(?:curl|wget)\b[^|#]*\|\s*(?:sudo\s+)?(?:ba|z)?sh\b",
        "what is downloaded is run unseen",
    ),
    (
        ".sh .bash",
        "unverified-tls",
        "error",
        r"\bcurl\b[^|#]*\s(?:-k|--insecure)\b|\bwget\b.*--no-check-certificate",
        "certificates are not checked",
    ),
    (
        ".sh .bash",
        "open-permissions",
        "error",
        r"\bchmod\s+(?:-R\s+)?(?:0?777|a\+rwx|o\+w)\b",
        "anybody may write to it",
    ),
    (
        ".html .htm .jinja .jinja2 .j2",
        "cross-site-scripting",
        "warning",
        r"\{\{[^}]*\|\s*safe\s*\}\}|\{%\s*autoescape\s+(?:false|off)",
        "what is put into the page is not escaped",
    ),
)
COMMENT = re.compile(r"^\s*(?://|#(?!include)|\*|/\*|--|<!--)")
LITERAL = re.compile(
    r"(?i)(?:^|[\s\"'{,.$])(?:\w*_)?(password|passwd|secret|secret_?key|api_?key|apikey|auth_?token|access_?token|client_?secret|private_?key|db_?pass)"
    r"[\"']?\s*(?::|=|:=|=>)\s*[\"']([^\"'\s]{8,})[\"']"
)
"""A secret that is written down, in most languages and settings."""


def issues(path: str, text: str) -> Iterator[Issue]:
    """What is dangerous in the lines of a file, by its suffix."""
    suffix = posixpath.splitext(path)[1].lower()
    rules: list[tuple[str, Severity, re.Pattern[str], str]] = [
        (rule, severity, re.compile(regex), why)
        for suffixes, rule, severity, regex, why in TABLE
        if suffix in suffixes.split()
    ]
    for number, row in enumerate(text.split("\n") if rules or suffix in SETTINGS else (), 1):
        if len(row) > 1_000 or COMMENT.match(row):
            continue
        for rule, severity, regex, why in rules:
            if regex.search(row):
                yield Issue(rule, severity, path, number, why, plain(row))
        if (
            (found := LITERAL.search(row))
            and secret(found[1].lower(), found[2])
            and re.search(r"\d", found[2])
        ):
            yield Issue(
                "secret-in-code",
                "error",
                path,
                number,
                f"`{found[1]}` is in the code for all to read",
                plain(row),
            )


SETTINGS = words(".yml .yaml .toml .ini .cfg .conf .json .properties .env .tf")
