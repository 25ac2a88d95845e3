import base64
import json
import re
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from patchwright.sandbox.secrets import FORMS, PLAIN, Secrets, plain, without

VALUE = "k9/Zq+84vR_x2!pL"
OURS = Secrets({"MY_API_KEY": VALUE, "KEYBOARD_KIND": "de-latin1-nodeadkeys", "PASSWORD": "hunter2"})
HEX = "0123456789abcdef" * 4
ALNUM = "aB3dE5gH7jK9mN1pQ4sT6vW8yZ2cF0xL5rU7oI9e"
KEY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCt6XhWWVFTEQlC"
PEM = f"-----BEGIN RSA PRIVATE KEY-----\n{KEY}\n{KEY[::-1]}\n+q/8==\n-----END RSA PRIVATE KEY-----"
JWT = f"eyJhbGciOiJIUzI1NiJ9.eyJrIjoidmFsdWUifQ.{ALNUM}"


@pytest.mark.parametrize(
    "written",
    [VALUE, quote(VALUE, safe=""), VALUE.encode().hex(), json.dumps(f'"{VALUE}"'), repr(VALUE)],
)
def test_a_value_of_the_environment_is_hidden_however_it_is_written(written: str) -> None:
    assert "[redacted: MY_API_KEY]" in OURS.redact(f"it is {written}.")
    assert VALUE not in OURS.redact(f"it is {written}.")


@given(st.binary(max_size=9), st.binary(max_size=9))
def test_also_in_base64_wherever_it_begins(before: bytes, after: bytes) -> None:
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        text = OURS.redact(encode(before + VALUE.encode() + after).decode())
        assert "[redacted: MY_API_KEY]" in text


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("AWS key", "AKIA2E4GXPLQZ7TNR3VM"),
        ("AWS secret key", f"aws_secret_access_key = {ALNUM[:40]}"),
        ("GitHub token", f"ghp_{ALNUM[:36]}"),
        ("GitHub token", f"github_pat_{ALNUM}_{ALNUM}"),
        ("GitLab token", f"glpat-{ALNUM[:20]}"),
        ("Slack token", "xoxb-123456789012-abcDEF"),
        ("Stripe key", f"sk_live_{ALNUM[:24]}"),
        ("API key", f"sk-{ALNUM}"),
        ("API key", f"sk-ant-api03-{ALNUM}-{ALNUM}"),
        ("API key", f"\\nsk-proj-{ALNUM}"),
        ("Google key", f"AIza{ALNUM[:35]}"),
        ("npm token", f"npm_{ALNUM[:36]}"),
        ("PyPI token", f"pypi-AgEIcHlwaS5vcmc{ALNUM}{ALNUM}"),
        ("JWT", JWT),
        ("private key", PEM),
        ("private key", PEM.replace("\n", "\\n")),
        ("private key", "\n".join(f"{n}\t{row}" for n, row in enumerate(PEM.split("\n"), 1))),
        ("private key", "\n".join(f'+    "{row}\\n"' for row in PEM.split("\n"))),
        ("private key", PEM[:120]),
        ("private key", PEM.replace("\n", "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0A1B\n\n", 1)),
        ("password", "https://me:S3cr3t-99x@git.host/x.git"),
    ],
)
def test_the_usual_forms_are_hidden(label: str, text: str) -> None:
    hidden = OURS.redact(f"before {text} after")
    assert f"[redacted: {label}]" in hidden
    assert hidden.startswith("before ")
    assert hidden.endswith(" after")
    for part in (ALNUM[:20], KEY[:20], KEY[::-1][:20], "S3cr3t", "4GXPLQZ"):
        assert part not in hidden
    assert OURS.redact(hidden) == hidden
    assert OURS.held(text) == (label,)


@pytest.mark.parametrize(
    "text",
    [
        "hunter2 de-latin1-nodeadkeys [redacted: MY_API_KEY]",
        "AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI",
        "x.py,sha256=sk-sH1I6OL_lOn3fntKGV6drtVxKqLCuXK7yOyLbTxA,12",
        f"sha256:{HEX} {HEX[:40]} 123e4567-e89b-12d3-a456-426614174000",
        "task-management-system-configuration sk-learn-contrib-extension-package-2024-01",
        "sk-your-api-key-goes-right-here-please ghp_" + "x" * 36,
        "https://user:password@example.com https://{user}:{password}@host ://%s:%s@%s git@github.com:a/b.git",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4ifQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6y",
        'if "-----BEGIN RSA PRIVATE KEY-----" in text:\n    return decode(text)\n"-----END RSA PRIVATE KEY-----"',
        "postgres://postgres:postgres@localhost:5432/db",
    ],
)
def test_examples_hashes_and_code_stay(text: str) -> None:
    assert OURS.redact(text) == text


@pytest.mark.parametrize(
    "value",
    [
        "changeme-please",
        "/home/me/.ssh/id_rsa",
        "~/.config/gcloud/application_default_credentials.json",
        "false",
        "1234567890123456",
        "https://auth.example.com/realms/x",
        "us-east-1",
        "aaaaaaaa1!",
    ],
)
def test_a_plain_value_is_not_looked_for(value: str) -> None:
    assert plain(value)
    assert Secrets({"A_KEY": value}).redact(f"x {value} x") == f"x {value} x"


def test_a_password_in_a_variable_s_url_is_one_of_its_own() -> None:
    secrets = Secrets({"DATABASE_URL": "postgres://app:Zx8%2Fqq91nn@db/x"})
    assert (
        secrets.redact("it is Zx8/qq91nn, Zx8%2Fqq91nn")
        == "it is [redacted: DATABASE_URL], [redacted: DATABASE_URL]"
    )


def test_each_long_line_of_a_value_is_one_of_its_own() -> None:
    assert OURS.redact(KEY) == KEY
    assert Secrets({"DEPLOY_KEY": PEM}).redact(f"7\t{KEY}") == "7\t[redacted: DEPLOY_KEY]"


def test_data_is_redacted_whole() -> None:
    data = {"a": [VALUE, 1, None, (VALUE,)], VALUE: {"b": True}}
    mark = "[redacted: MY_API_KEY]"
    assert OURS.cleaned(data) == {"a": [mark, 1, None, (mark,)], mark: {"b": True}}


def test_keys_that_look_alike_then_stay_apart() -> None:
    told = OURS.cleaned({f"t[{VALUE}]": "passed", f"t[{quote(VALUE, safe='')}]": "failed"})
    assert told == {"t[[redacted: MY_API_KEY]]": "passed", "t[[redacted: MY_API_KEY]]'": "failed"}


def test_other_programs_are_given_no_secret() -> None:
    env = {"PATH": "/bin", "X_TOKEN": "a", "PGPASSWORD": "b", "DB": "x://u:Zx8qq91n@h", "MYSQL_PWD": "c"}
    assert without(env) == {"PATH": "/bin"}


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN RSA PRIVATE KEY-----\n",
        f"-----BEGIN PRIVATE KEY-----{'-' * 300}",
        f"-----BEGIN PRIVATE KEY-----{(chr(10) + 'Comment:' + ' ' * 100) * 30}",
        f"-----BEGIN PRIVATE KEY-----{'1:' * 300}",
        f"-----BEGIN PRIVATE KEY-----{chr(92) + 'n' * 15}" * 30,
        "://a:",
        f"://{'-' * 90}:{'-_' * 90}!@h",
        f"eyJ{'a' * 60}.",
        "aws_secret_access_key         ",
        f"sk-{'a-' * 30}",
        f"xoxb-{'a' * 200}",
    ],
)
def test_no_text_is_slow(text: str) -> None:
    """Ten megabytes that are all beginnings: what is not linear would not come back."""
    whole = text * (10_000_000 // len(text))
    assert len(OURS.redact(whole)) <= len(whole)


def test_the_forms_are_written_for_all_pythons() -> None:
    """Up to Python 3.11.4 a group that is possessive or atomic may not match what it should."""
    assert [form.label for form in FORMS if re.search(r"\(\?>|\)(?:[*+?]|\{[\d,]+\})\+", form.regex)] == []
    assert "(?>" not in PLAIN
