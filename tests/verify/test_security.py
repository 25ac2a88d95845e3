"""What is followed through functions, and what makes it safe on the way."""

import pytest
from patchwright.verify.script import Side
from patchwright.verify.security.lines import issues as of_lines
from patchwright.verify.security.python import issues
from patchwright.verify.security.regexes import catastrophic

HEAD = "import html\nimport os\nimport re\nimport shlex\nimport subprocess\n\n\n"


def rules(code: str) -> set[tuple[str, str]]:
    return {(i.rule, i.severity) for i in issues("a.py", Side(HEAD + code))}


SHELL = {
    "plus": "os.system('ls ' + a)",
    "an f-string": "os.system(f'ls {a}')",
    "percent": "os.system('ls %s' % a)",
    "percent with names": "os.system('ls %(a)s' % {'a': a})",
    "format": "os.system('ls {}'.format(a))",
    "format with names": "os.system('ls {x}'.format(x=a))",
    "join": "os.system(' '.join(['ls', a]))",
    "a variable": "b = a.strip()\n    os.system('ls ' + b)",
    "two at once": "b, c = a, 1\n    os.system('ls ' + b)",
    "a list that grows": "b = ['ls']\n    b.append(a)\n    os.system(' '.join(b))",
    "a loop": "for b in a:\n        os.system('ls ' + b)",
    "one branch": "b = 'x'\n    if a:\n        b = a\n    os.system('ls ' + b)",
    "a comprehension": "os.system('ls ' + ' '.join(f'-{b}' for b in a))",
    "in quotes": "os.system(f\"ls '{a}'\")",
    "an escape for pages": "os.system('ls ' + html.escape(a))",
    "a check of something else": "if not a.startswith('-') or b:\n        pass\n    os.system('ls ' + a)",
    "a shell of its own": "subprocess.run(['bash', '-c', 'ls ' + a])",
    "a nested function": "def inner():\n        os.system('ls ' + a)\n    inner()",
    "a keyword": "subprocess.run(args='ls ' + a, shell=True)",
    "a walrus": "if (b := a):\n        os.system('ls ' + a)",
}
SAFE = {
    "a constant": "os.system('ls')",
    "a constant of the module": "os.system('ls ' + FOLDER)",
    "quoted": "os.system('ls ' + shlex.quote(a))",
    "quoted before": "b = shlex.quote(a)\n    os.system(f'ls {b}')",
    "a number": "os.system(f'ls {int(a)}')",
    "formatted as one": "os.system(f'ls {a:d}')",
    "percent of a number": "os.system('ls %d' % a)",
    "words": "subprocess.run(['ls', a])",
    "a shell's argument": "subprocess.run(['sh', '-c', 'ls \"$1\"', 'sh', a])",
    "one of a few": "if a not in ('x', 'y'):\n        raise ValueError(a)\n    os.system('ls ' + a)",
    "only where it is one": "if a in ('x', 'y'):\n        os.system('ls ' + a)",
    "looked up": "os.system('ls ' + {'x': 'y'}[a])",
    "a pattern": "if not re.fullmatch('[a-z]+', a):\n        return\n    os.system('ls ' + a)",
    "letters": "if not a.isalnum():\n        return\n    os.system('ls ' + a)",
    "a check of one's own": "check_name(a)\n    os.system('ls ' + a)",
    "one or another": "os.system('ls ' + ('x' if a else 'y'))",
    "a shell that is not one": "subprocess.run('ls ' + a, shell=False)",
}


@pytest.mark.parametrize("body", SHELL.values(), ids=SHELL)
def test_a_value_that_lands_in_a_shell_is_found(body: str) -> None:
    assert ("shell-injection", "error") in rules(f"def f(a, b=None):\n    {body}\n")


@pytest.mark.parametrize("body", SAFE.values(), ids=SAFE)
def test_what_cannot_be_chosen_is_not(body: str) -> None:
    assert rules(f"def f(a):\n    {body}\n") == set()


def test_a_helper_of_the_same_file_is_followed_both_ways() -> None:
    line = "def line(name):\n    return 'ls ' + name\n\n\ndef f(a):\n    os.system(line(a))\n"
    assert ("shell-injection", "error") in rules(line)
    assert rules(line.replace("return 'ls ' + name", "return 'ls ' + shlex.quote(name)")) == set()
    runs = "def go(line):\n    return os.system(line)\n\n\ndef f(a):\n    return go('ls ' + a)\n"
    assert ("shell-injection", "error") in rules(runs)
    assert ("shell-injection", "error") not in rules(runs.replace("'ls ' + a", "'ls'"))


def test_what_is_not_known_to_come_from_elsewhere_is_a_warning() -> None:
    assert rules("class A:\n    def f(self):\n        os.system('ls ' + self.name)\n") == {
        ("shell-injection", "warning")
    }
    assert rules("def run(command):\n    os.system(command)\n") == {("shell-injection", "warning")}
    assert rules("def run():\n    os.system(input())\n") == {("shell-injection", "error")}


def test_functions_that_call_each_other_come_to_an_end() -> None:
    assert rules("def f(a):\n    return g(a)\n\n\ndef g(a):\n    return f(a) + g(a)\n") == set()
    doubled = "\n".join(f"    a{n + 1} = a{n} + a{n}" for n in range(40))
    assert rules(f"def f(a0):\n{doubled}\n    os.system(a40)\n") == {("shell-injection", "error")}


QUERIES = {
    "a quoted value": ("f\"SELECT a FROM t WHERE b = '{x}'\"", "error"),
    "a value": ('"SELECT a FROM t WHERE b = " + x', "error"),
    "an order": ('f"SELECT a FROM t ORDER BY {x}"', "error"),
    "a list": ('f"SELECT a FROM t WHERE b IN ({x})"', "error"),
    "values": ('f"INSERT INTO t VALUES ({x})"', "error"),
    "a table": ('f"SELECT a FROM {x}"', "warning"),
    "a column": ('f"SELECT {x} FROM t"', "warning"),
    "marks": ("f\"SELECT a FROM t WHERE b IN ({','.join('?' for _ in x)})\"", ""),
    "a constant table": ('f"SELECT a FROM {TABLE} WHERE b = ?"', ""),
    "a number": ('f"SELECT a FROM t LIMIT {int(x)}"', ""),
}


@pytest.mark.parametrize(("text", "severity"), QUERIES.values(), ids=QUERIES)
def test_a_query_is_judged_by_what_stands_around_a_value(text: str, severity: str) -> None:
    found = rules(f"def f(db, x):\n    db.execute({text})\n")
    assert found == ({("sql-injection", severity)} if severity else set())


def test_a_message_is_no_query() -> None:
    assert rules("def f(x):\n    return f'select a file from {x} and go on'\n") == set()
    code = "def f(db, x):\n    db.execute('SELECT 1')\n    raise ValueError(f\"SELECT a FROM t WHERE b = '{x}'\")\n"
    assert rules(code) == set()


@pytest.mark.parametrize(
    "pattern", [r"^(a+)+$", r"(\w+\s?)*!", r"^(\d*)*x", r"((ab)*c?)*$d", r"^(?:[a-z]+-?)+$"]
)
def test_a_repeat_in_a_repeat_is_known(pattern: str) -> None:
    assert catastrophic(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        r"^[a-z]+$",
        r"(\w+\.)+x",
        r"^(a+,)*$",
        r"(a|b)*c",
        r"(a+)",
        r"^\s*(\w+)\s*=",
        "(",
        r"(?:\d{1,3}\.){3}\d",
        r"(x+)*",
    ],
)
def test_a_pattern_that_reads_in_one_way_is_none(pattern: str) -> None:
    assert not catastrophic(pattern)


@pytest.mark.parametrize(
    ("path", "row", "rule"),
    [
        ("a.js", "eval(text);", "code-injection"),
        ("a.js", "// eval(text);", ""),
        ("a.js", "node.innerHTML = '';", ""),
        ("a.ts", "const agent = new Agent({ rejectUnauthorized: false });", "unverified-tls"),
        ("a.js", "db.query('SELECT * FROM t WHERE a = $1', [a]);", ""),
        ("a.go", 'cmd := exec.Command("sh", "-c", line)', "shell-injection"),
        ("a.go", 'cmd := exec.Command("ls", name)', ""),
        ("a.java", 'Cipher.getInstance("AES/ECB/PKCS5Padding")', "weak-cipher"),
        ("a.c", "    strcpy(target, source);", "unbounded-copy"),
        ("a.c", "    snprintf(target, sizeof target, source);", ""),
        ("a.sh", "curl -s https://example.com/x | sh", "unverified-download"),
        ("a.rb", "User.where(\"name = '#{name}'\")", "sql-injection"),
        ("a.yml", 'password: "s3cr3t-4nd-l0ng"', "secret-in-code"),
        ("a.yml", 'password: "${DB_PASSWORD}"', ""),
        ("a.txt", "eval(text);", ""),
    ],
)
def test_other_languages_are_read_by_line(path: str, row: str, rule: str) -> None:
    assert {i.rule for i in of_lines(path, f"{row}\n")} == ({rule} if rule else set())
