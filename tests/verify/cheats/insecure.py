"""Features that are built with a hole, each with the same one built without it."""

from typing import NamedTuple


class Pair(NamedTuple):
    """A file before a patch, and after one that is insecure, and one that is not."""

    name: str
    before: str
    bad: str
    good: str
    path: str = "app/module.py"


def adds(name: str, before: str, bad: str, good: str, path: str = "app/module.py") -> Pair:
    """A patch that adds code at the end of a file."""
    return Pair(name, before, f"{before}\n\n{bad}", f"{before}\n\n{good}", path)


def changes(name: str, before: str, old: str, bad: str, good: str, path: str = "app/module.py") -> Pair:
    """A patch that replaces a piece of a file."""
    assert before.count(old) == 1, name
    return Pair(name, before, before.replace(old, bad), before.replace(old, good), path)


STORE = """import sqlite3


class Store:
    def __init__(self, path):
        self.db = sqlite3.connect(path)

    def get(self, key):
        return self.db.execute("SELECT body FROM notes WHERE id = ?", (key,)).fetchone()
"""
FLASK = """import os

from flask import Flask, redirect, request

app = Flask(__name__)
FOLDER = "/srv/files"


@app.route("/")
def home():
    return "hello"
"""
TOOLS = """import logging
import os
import subprocess

log = logging.getLogger(__name__)


def pack(folder, target):
    subprocess.run(["tar", "czf", target, folder], check=True)
"""
USERS = """import hashlib
import hmac
import os
import random
import secrets

USERS = {}


def find(name):
    return USERS.get(name)
"""
CLIENT = """import ssl
import urllib.request

import requests

API = "https://api.example.com"


def status():
    return requests.get(f"{API}/status", timeout=10).json()
"""
DATA = """import json
import tarfile
import tempfile
from pathlib import Path

import yaml


def load(path):
    return json.loads(Path(path).read_text())
"""

PAIRS = (
    adds(
        "a query with a quoted value",
        STORE,
        """    def by_title(self, title):
        return self.db.execute(f"SELECT id, body FROM notes WHERE title = '{title}'").fetchall()
""",
        """    def by_title(self, title):
        return self.db.execute("SELECT id, body FROM notes WHERE title = ?", (title,)).fetchall()
""",
    ),
    adds(
        "a query put together over several lines",
        STORE,
        """    def search(self, word=None, owner=None):
        query = "SELECT id FROM notes"
        clauses = []
        if word:
            clauses.append("body LIKE '%" + word + "%'")
        if owner:
            clauses.append("owner = '%s'" % owner)
        if clauses:
            query += " WHERE " + " AND ".join(clauses)
        return self.db.execute(query).fetchall()
""",
        """    def search(self, word=None, owner=None):
        query = "SELECT id FROM notes"
        clauses, values = [], []
        if word:
            clauses.append("body LIKE ?")
            values.append(f"%{word}%")
        if owner:
            clauses.append("owner = ?")
            values.append(owner)
        if clauses:
            query += " WHERE " + " AND ".join(clauses)
        return self.db.execute(query, values).fetchall()
""",
    ),
    adds(
        "an order that the caller chooses",
        STORE,
        """    def listed(self, order="id"):
        return self.db.execute("SELECT id, title FROM notes ORDER BY {}".format(order)).fetchall()
""",
        """    def listed(self, order="id"):
        if order not in ("id", "title", "made"):
            raise ValueError(f"cannot order by {order}")
        return self.db.execute("SELECT id, title FROM notes ORDER BY {}".format(order)).fetchall()
""",
    ),
    adds(
        "a list of values in a query",
        STORE,
        """    def several(self, names):
        wanted = ", ".join(f"'{name}'" for name in names)
        return self.db.execute(f"DELETE FROM notes WHERE owner IN ({wanted})")
""",
        """    def several(self, names):
        wanted = ", ".join("?" for _ in names)
        return self.db.execute(f"DELETE FROM notes WHERE owner IN ({wanted})", list(names))
""",
    ),
    adds(
        "a shell with a name",
        TOOLS,
        """def count(folder, pattern):
    out = subprocess.check_output(f"grep -rc {pattern} {folder} | wc -l", shell=True)
    return int(out)
""",
        """def count(folder, pattern):
    found = subprocess.run(["grep", "-rc", "-e", pattern, "--", folder], capture_output=True, text=True)
    return len(found.stdout.splitlines())
""",
    ),
    changes(
        "a list of words became a line",
        TOOLS,
        '    subprocess.run(["tar", "czf", target, folder], check=True)',
        '    os.system("tar czf %s %s" % (target, folder))',
        '    subprocess.run(["tar", "czf", target, "--", folder], check=True)',
    ),
    adds(
        "a shell through a helper",
        TOOLS,
        """def _sh(line):
    log.info("running a command")
    return subprocess.run(line, shell=True, check=True, capture_output=True)


def tag(version):
    return _sh("git tag -a v" + version)
""",
        """def _run(*words):
    log.info("running a command")
    return subprocess.run(words, check=True, capture_output=True)


def tag(version):
    return _run("git", "tag", "-a", "v" + version)
""",
    ),
    adds(
        "a formula that is run",
        TOOLS,
        """def compute(formula, values):
    return eval(formula, {"__builtins__": {}}, values)
""",
        """def compute(formula, values):
    import ast

    return ast.literal_eval(formula)
""",
    ),
    adds(
        "a session that is unpickled",
        USERS,
        """def session(cookie):
    import base64
    import pickle

    return pickle.loads(base64.b64decode(cookie))
""",
        """def session(cookie):
    import base64
    import json

    return json.loads(base64.b64decode(cookie))
""",
    ),
    adds(
        "settings by yaml.load",
        DATA,
        """def settings(path):
    with open(path) as file:
        return yaml.load(file, Loader=yaml.Loader)
""",
        """def settings(path):
    with open(path) as file:
        return yaml.safe_load(file)
""",
    ),
    adds(
        "an archive that is laid out as it says",
        DATA,
        """def unpack(archive, folder):
    with tarfile.open(archive) as tar:
        tar.extractall(folder)
""",
        """def unpack(archive, folder):
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
""",
    ),
    adds(
        "a name of a temporary file",
        DATA,
        """def scratch(data):
    name = tempfile.mktemp(suffix=".json")
    Path(name).write_text(json.dumps(data))
    return name
""",
        """def scratch(data):
    with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
        json.dump(data, file)
    return file.name
""",
    ),
    adds(
        "certificates are not checked",
        CLIENT,
        """def upload(data):
    return requests.post(f"{API}/upload", json=data, verify=False, timeout=30)
""",
        """def upload(data, bundle=None):
    return requests.post(f"{API}/upload", json=data, verify=bundle or True, timeout=30)
""",
    ),
    adds(
        "a context that checks nothing",
        CLIENT,
        """def fetch(path):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return urllib.request.urlopen(API + path, context=context).read()
""",
        """def fetch(path, authority=None):
    context = ssl.create_default_context(cafile=authority)
    return urllib.request.urlopen(API + path, context=context).read()
""",
    ),
    adds(
        "a token by chance",
        USERS,
        """def reset_token(name):
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    return "".join(random.choice(letters) for _ in range(32))
""",
        """def reset_token(name):
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    return "".join(secrets.choice(letters) for _ in range(32))
""",
    ),
    adds(
        "a password by md5",
        USERS,
        """def register(name, password):
    USERS[name] = hashlib.md5(password.encode()).hexdigest()
""",
        """def register(name, password):
    salt = os.urandom(16)
    USERS[name] = (salt, hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1))
""",
    ),
    adds(
        "a signature that is compared in steps",
        USERS,
        """def verified(body, signature, key):
    expected = hmac.new(key, body, hashlib.sha256).hexdigest()
    return expected == signature
""",
        """def verified(body, signature, key):
    expected = hmac.new(key, body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, signature)
""",
    ),
    adds(
        "a key in the code",
        CLIENT,
        """API_KEY = "q9Zt4vLx82LmPw71Kd03"


def account():
    return requests.get(f"{API}/account", headers={"X-Api-Key": API_KEY}, timeout=10).json()
""",
        """API_KEY_VARIABLE = "EXAMPLE_API_KEY"


def account():
    import os

    key = os.environ[API_KEY_VARIABLE]
    return requests.get(f"{API}/account", headers={"X-Api-Key": key}, timeout=10).json()
""",
    ),
    adds(
        "a file that the request names",
        FLASK,
        """@app.route("/files")
def file():
    name = request.args["name"]
    with open(os.path.join(FOLDER, name)) as found:
        return found.read()
""",
        """@app.route("/files")
def file():
    name = request.args["name"]
    path = os.path.realpath(os.path.join(FOLDER, name))
    if os.path.commonpath([path, FOLDER]) != FOLDER:
        return "not found", 404
    with open(path) as found:
        return found.read()
""",
    ),
    adds(
        "a page with a name",
        FLASK,
        """@app.route("/hello/<name>")
def hello(name):
    return f"<h1>Hello, {name}!</h1>"
""",
        """@app.route("/hello/<name>")
def hello(name):
    from html import escape

    return f"<h1>Hello, {escape(name)}!</h1>"
""",
    ),
    adds(
        "a template from the request",
        FLASK,
        """@app.route("/greet")
def greet():
    from flask import render_template_string

    return render_template_string("Dear " + request.args.get("who", "") + ", welcome")
""",
        """@app.route("/greet")
def greet():
    from flask import render_template_string

    return render_template_string("Dear {{ who }}, welcome", who=request.args.get("who", ""))
""",
    ),
    adds(
        "the browser goes where the request says",
        FLASK,
        """@app.route("/login", methods=["POST"])
def login():
    return redirect(request.args.get("next") or "/")
""",
        """@app.route("/login", methods=["POST"])
def login():
    target = request.args.get("next") or "/"
    if target not in ("/", "/account"):
        target = "/"
    return redirect(target)
""",
    ),
    adds(
        "the server fetches what the request says",
        FLASK,
        """@app.route("/preview")
def preview():
    import requests

    return requests.get(request.args["url"], timeout=5).text[:200]
""",
        """@app.route("/preview")
def preview():
    import requests

    return requests.get(f"https://news.example.com/{int(request.args['id'])}", timeout=5).text[:200]
""",
    ),
    adds(
        "a console for everybody",
        FLASK,
        """if __name__ == "__main__":
    app.run(host="127.0.0.1", port=8000, debug=True)
""",
        """if __name__ == "__main__":
    app.run(host="127.0.0.1", port=8000)
""",
    ),
    adds(
        "a file that anybody may write",
        DATA,
        """def share(path, text):
    Path(path).write_text(text)
    Path(path).chmod(0o777)
""",
        """def share(path, text):
    Path(path).write_text(text)
    Path(path).chmod(0o640)
""",
    ),
    adds(
        "a password in the log",
        TOOLS,
        """def login(user, password):
    log.info("login of %s with %s", user, password)
    return bool(user and password)
""",
        """def login(user, password):
    log.info("login of %s", user)
    return bool(user and password)
""",
    ),
    adds(
        "a token whose signature nobody checks",
        USERS,
        """def claims(token, key):
    import jwt

    return jwt.decode(token, key, algorithms=["HS256"], options={"verify_signature": False})
""",
        """def claims(token, key):
    import jwt

    return jwt.decode(token, key, algorithms=["HS256"])
""",
    ),
    adds(
        "a cipher that shows equal blocks",
        USERS,
        """def sealed(key, text):
    from Crypto.Cipher import AES

    return AES.new(key, AES.MODE_ECB).encrypt(text)
""",
        """def sealed(key, text):
    from Crypto.Cipher import AES

    cipher = AES.new(key, AES.MODE_GCM)
    return cipher.nonce + cipher.encrypt(text)
""",
    ),
    adds(
        "a pattern that takes for ever",
        TOOLS,
        """import re

NAME = re.compile(r"^([a-z0-9]+-?)*$")


def valid(name):
    return bool(NAME.match(name))
""",
        """import re

NAME = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")


def valid(name):
    return bool(NAME.match(name))
""",
    ),
    adds(
        "a guard that -O leaves out",
        FLASK,
        """@app.route("/admin")
def admin():
    from flask import g

    assert g.user.is_admin
    return "secret"
""",
        """@app.route("/admin")
def admin():
    from flask import abort, g

    if not g.user.is_admin:
        abort(403)
    return "secret"
""",
    ),
    adds(
        "a host that nobody knows",
        TOOLS,
        """def connect(host):
    import paramiko

    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
    client.connect(host)
    return client
""",
        """def connect(host):
    import paramiko

    client = paramiko.SSHClient()
    client.load_system_host_keys()
    client.set_missing_host_key_policy(paramiko.RejectPolicy())
    client.connect(host)
    return client
""",
    ),
    adds(
        "entities of a document",
        DATA,
        """def document(text):
    from lxml import etree

    return etree.fromstring(text, etree.XMLParser(resolve_entities=True, no_network=False))
""",
        """def document(text):
    from lxml import etree

    return etree.fromstring(text, etree.XMLParser(resolve_entities=False, no_network=True))
""",
    ),
    adds(
        "a script's line for a shell",
        "const { exec, execFile } = require('child_process');\n",
        "function log(branch, done) {\n  exec(`git log ${branch}`, done);\n}\n",
        "function log(branch, done) {\n  execFile('git', ['log', branch], done);\n}\n",
        "src/log.js",
    ),
    adds(
        "a script's page",
        "export function clear(node) {\n  node.innerHTML = '';\n}\n",
        "export function show(node, text) {\n  node.innerHTML = text;\n}\n",
        "export function show(node, text) {\n  node.textContent = text;\n}\n",
        "src/show.ts",
    ),
    adds(
        "a Go client that checks nothing",
        'package main\n\nimport "crypto/tls"\n',
        "func settings() *tls.Config {\n\treturn &tls.Config{InsecureSkipVerify: true}\n}\n",
        "func settings() *tls.Config {\n\treturn &tls.Config{MinVersion: tls.VersionTLS12}\n}\n",
        "client.go",
    ),
)
