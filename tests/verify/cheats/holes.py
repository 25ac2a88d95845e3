"""More features with a hole, each with its twin, that were written after the rules that find them."""

from insecure import CLIENT, DATA, FLASK, STORE, TOOLS, USERS, adds, changes

DJANGO = """from django.http import HttpResponse
from django.utils.safestring import mark_safe

from .models import Note


def index(request):
    return HttpResponse("ok")
"""
FASTAPI = """from pathlib import Path

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse

router = APIRouter()
UPLOADS = Path("/srv/uploads")
"""
HANDLER = """from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlparse


class Handler(BaseHTTPRequestHandler):
    def answer(self, text):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text.encode())
"""
INV = '''"""Inventory service."""
import csv
import sqlite3
from dataclasses import dataclass


@dataclass
class Item:
    sku: str
    name: str
    count: int


class Inventory:
    def __init__(self, connection):
        self.connection = connection
        self.cursor = connection.cursor()

    def all(self):
        self.cursor.execute("SELECT sku, name, count FROM items")
        return [Item(*row) for row in self.cursor.fetchall()]
'''
NOTES = """import os


class Notes:
    def __init__(self, folder):
        self.folder = folder

    def names(self):
        return sorted(os.listdir(self.folder))
"""
CLI = """import argparse
import os
import subprocess
import sys


def main(argv=None):
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    args = parser.parse_args(argv)
    print(args.name)


def run(words):
    return subprocess.run(words, check=True)
"""
BLOG = """import json
import os
from http import cookies


class Blog:
    def __init__(self, folder, secret):
        self.folder = folder
        self.secret = secret

    def posts(self):
        return sorted(os.listdir(self.folder))
"""
PAIRS = (
    adds(
        "a raw query of an ORM",
        DJANGO,
        """def by_owner(request, owner):
    notes = Note.objects.raw("SELECT * FROM app_note WHERE owner = '%s'" % owner)
    return HttpResponse(str(len(list(notes))))
""",
        """def by_owner(request, owner):
    notes = Note.objects.raw("SELECT * FROM app_note WHERE owner = %s", [owner])
    return HttpResponse(str(len(list(notes))))
""",
    ),
    adds(
        "a text of SQLAlchemy",
        "from sqlalchemy import text\n",
        """def rename(session, old, new):
    statement = text(f"UPDATE tags SET name = '{new}' WHERE name = '{old}'")
    session.execute(statement)
    session.commit()
""",
        """def rename(session, old, new):
    statement = text("UPDATE tags SET name = :new WHERE name = :old")
    session.execute(statement, {"new": new, "old": old})
    session.commit()
""",
    ),
    adds(
        "a limit in a query",
        STORE,
        """    def page(self, start, size):
        return self.db.execute("SELECT id FROM notes LIMIT " + size + " OFFSET " + start).fetchall()
""",
        """    def page(self, start, size):
        return self.db.execute("SELECT id FROM notes LIMIT ? OFFSET ?", (int(size), int(start))).fetchall()
""",
    ),
    changes(
        "words joined for a shell",
        TOOLS,
        '    subprocess.run(["tar", "czf", target, folder], check=True)',
        '    subprocess.Popen(" ".join(["tar", "czf", target, folder]), shell=True).wait()',
        '    subprocess.Popen(["tar", "czf", target, "--", folder]).wait()',
    ),
    adds(
        "a shell that is awaited",
        "import asyncio\n",
        """async def convert(source, target):
    process = await asyncio.create_subprocess_shell(f"ffmpeg -i {source} {target}")
    return await process.wait()
""",
        """async def convert(source, target):
    process = await asyncio.create_subprocess_exec("ffmpeg", "-i", source, target)
    return await process.wait()
""",
    ),
    adds(
        "members of an archive, laid out by hand",
        "import os\nimport zipfile\n",
        """def unpack(archive, folder):
    with zipfile.ZipFile(archive) as found:
        for info in found.infolist():
            target = os.path.join(folder, info.filename)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, "wb") as file:
                file.write(found.read(info))
""",
        """def unpack(archive, folder):
    root = os.path.realpath(folder)
    with zipfile.ZipFile(archive) as found:
        for info in found.infolist():
            target = os.path.realpath(os.path.join(root, info.filename))
            if not target.startswith(root + os.sep):
                raise ValueError(info.filename)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, "wb") as file:
                file.write(found.read(info))
""",
    ),
    adds(
        "a download by its name",
        FASTAPI,
        """@router.get("/download/{name:path}")
async def download(name: str):
    return FileResponse(UPLOADS / name)
""",
        """@router.get("/download/{name:path}")
async def download(name: str):
    path = (UPLOADS / name).resolve()
    if not path.is_relative_to(UPLOADS):
        raise HTTPException(404)
    return FileResponse(path)
""",
    ),
    adds(
        "a page of a handler",
        HANDLER,
        """    def do_GET(self):
        word = parse_qs(urlparse(self.path).query).get("q", [""])[0]
        self.wfile.write(("<p>You looked for " + word + "</p>").encode())
""",
        """    def do_GET(self):
        import html

        word = parse_qs(urlparse(self.path).query).get("q", [""])[0]
        self.wfile.write(("<p>You looked for " + html.escape(word) + "</p>").encode())
""",
    ),
    adds(
        "a comment that is marked as safe",
        DJANGO,
        """def shown(comment):
    return mark_safe("<blockquote>" + comment.body + "</blockquote>")
""",
        """def shown(comment):
    from django.utils.html import format_html

    return format_html("<blockquote>{}</blockquote>", comment.body)
""",
    ),
    adds(
        "messages that are unpickled",
        "import json\nimport pickle\nimport socket\n",
        """def receive(connection: socket.socket):
    data = connection.recv(65536)
    return pickle.loads(data)
""",
        """def receive(connection: socket.socket):
    data = connection.recv(65536)
    return json.loads(data)
""",
    ),
    adds(
        "a code of six digits",
        USERS,
        """def send_code(user, mail):
    otp = random.randint(100_000, 999_999)
    mail(user, f"Your code is {otp}")
    return otp
""",
        """def send_code(user, mail):
    otp = 100_000 + secrets.randbelow(900_000)
    mail(user, f"Your code is {otp}")
    return otp
""",
    ),
    adds(
        "few rounds",
        USERS,
        """def sealed(password, salt):
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt, 1000)
""",
        """def sealed(password, salt):
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt, 600_000)
""",
    ),
    adds(
        "a password by a named hash",
        USERS,
        """def check(name, password):
    digest = hashlib.new("sha1", password.encode()).hexdigest()
    return hmac.compare_digest(digest, USERS[name])
""",
        """def check(name, password):
    salt, known = USERS[name]
    digest = hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1)
    return hmac.compare_digest(digest, known)
""",
    ),
    adds(
        "no certificates for anybody",
        CLIENT,
        """def relax():
    ssl._create_default_https_context = ssl._create_unverified_context
""",
        """def relax(bundle):
    ssl._create_default_https_context = lambda: ssl.create_default_context(cafile=bundle)
""",
    ),
    adds(
        "a client that checks no certificates",
        CLIENT,
        """def client():
    import httpx

    return httpx.Client(base_url=API, verify=False)
""",
        """def client():
    import httpx

    return httpx.Client(base_url=API)
""",
    ),
    adds(
        "all sites, with cookies",
        FASTAPI,
        """def open_up(app):
    from fastapi.middleware.cors import CORSMiddleware

    app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)
""",
        """def open_up(app):
    from fastapi.middleware.cors import CORSMiddleware

    app.add_middleware(CORSMiddleware, allow_origins=["https://app.example.com"], allow_credentials=True)
""",
    ),
    adds(
        "a template that is not escaped",
        "from jinja2 import Environment, FileSystemLoader\n",
        """def page(folder, **values):
    pages = Environment(loader=FileSystemLoader(folder), autoescape=False)
    return pages.get_template("page.html").render(**values)
""",
        """def page(folder, **values):
    pages = Environment(loader=FileSystemLoader(folder), autoescape=True)
    return pages.get_template("page.html").render(**values)
""",
    ),
    adds(
        "a password of the database",
        "import psycopg2\n",
        """def connect():
    return psycopg2.connect(host="db.internal", user="shop", password="Tr0ub4dor&3x")
""",
        """def connect():
    import os

    return psycopg2.connect(host="db.internal", user="shop", password=os.environ["SHOP_DB_PASSWORD"])
""",
    ),
    adds(
        "a filter of a directory",
        "import ldap\n",
        """def lookup(connection, user):
    return connection.search_s("ou=people,dc=example", ldap.SCOPE_SUBTREE, f"(uid={user})")
""",
        """def lookup(connection, user):
    from ldap.filter import escape_filter_chars

    return connection.search_s("ou=people,dc=example", ldap.SCOPE_SUBTREE, f"(uid={escape_filter_chars(user)})")
""",
    ),
    adds(
        "a header that is compared in steps",
        FLASK,
        """@app.route("/hook", methods=["POST"])
def hook():
    if request.headers.get("X-Token") != os.environ["HOOK_TOKEN"]:
        return "no", 403
    return "ok"
""",
        """@app.route("/hook", methods=["POST"])
def hook():
    import hmac

    if not hmac.compare_digest(request.headers.get("X-Token", ""), os.environ["HOOK_TOKEN"]):
        return "no", 403
    return "ok"
""",
    ),
    adds(
        "an unsafe reader of YAML",
        DATA,
        """def lenient(text):
    from ruamel.yaml import YAML

    return YAML(typ="unsafe").load(text)
""",
        """def lenient(text):
    from ruamel.yaml import YAML

    return YAML(typ="safe").load(text)
""",
    ),
    adds(
        "an archive of any kind",
        "import shutil\nimport tarfile\n",
        """def restore(backup, folder):
    tar = tarfile.open(backup, "r:gz")
    for member in tar.getmembers():
        tar.extract(member, folder)
    tar.close()
""",
        """def restore(backup, folder):
    tar = tarfile.open(backup, "r:gz")
    for member in tar.getmembers():
        tar.extract(member, folder, filter="data")
    tar.close()
""",
    ),
    adds(
        "a plugin that the request names",
        FLASK,
        """@app.route("/run/<plugin>")
def run(plugin):
    import importlib

    return importlib.import_module(plugin).main()
""",
        """PLUGINS = {"report": "plugins.report", "export": "plugins.export"}


@app.route("/run/<plugin>")
def run(plugin):
    import importlib

    return importlib.import_module(PLUGINS[plugin]).main()
""",
    ),
    adds(
        "a vector that is always the same",
        USERS,
        """def seal(key, data):
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    sealer = Cipher(algorithms.AES(key), modes.CBC(b"0123456789abcdef")).encryptor()
    return sealer.update(data) + sealer.finalize()
""",
        """def seal(key, data):
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    vector = os.urandom(16)
    sealer = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
    return vector + sealer.update(data) + sealer.finalize()
""",
    ),
    adds(
        "a cookie that scripts can read",
        FLASK,
        """@app.route("/enter")
def enter():
    answer = app.make_response("ok")
    answer.set_cookie("session", os.urandom(16).hex(), httponly=False, secure=False)
    return answer
""",
        """@app.route("/enter")
def enter():
    answer = app.make_response("ok")
    answer.set_cookie("session", os.urandom(16).hex(), httponly=True, secure=True, samesite="Lax")
    return answer
""",
    ),
    adds(
        "a script's query",
        "const db = require('./db');\n",
        'async function user(req) {\n  return db.query("SELECT * FROM users WHERE id = " + req.params.id);\n}\n',
        'async function user(req) {\n  return db.query("SELECT * FROM users WHERE id = $1", [req.params.id]);\n}\n',
        "src/users.js",
    ),
    adds(
        "a Go query",
        'package main\n\nimport (\n\t"database/sql"\n\t"fmt"\n)\n',
        "func find(db *sql.DB, name string) (*sql.Rows, error) {\n\treturn db.Query(fmt.Sprintf(\"SELECT id FROM users WHERE name = '%s'\", name))\n}\n",
        'func find(db *sql.DB, name string) (*sql.Rows, error) {\n\t_ = fmt.Sprint(name)\n\treturn db.Query("SELECT id FROM users WHERE name = ?", name)\n}\n',
        "store.go",
    ),
    adds(
        "update with dataclass fields",
        INV,
        """    def update(self, item):
        sql = "UPDATE items SET name = '{}', count = {} WHERE sku = '{}'".format(item.name, item.count, item.sku)
        self.cursor.execute(sql)
        self.connection.commit()
""",
        """    def update(self, item):
        sql = "UPDATE items SET name = ?, count = ? WHERE sku = ?"
        self.cursor.execute(sql, (item.name, item.count, item.sku))
        self.connection.commit()
""",
    ),
    adds(
        "multi-line query",
        INV,
        '''    def find(self, word: str) -> list:
        query = f"""
            SELECT sku, name, count
            FROM items
            WHERE name LIKE '%{word}%'
            ORDER BY name
        """
        self.cursor.execute(query)
        return self.cursor.fetchall()
''',
        '''    def find(self, word: str) -> list:
        query = """
            SELECT sku, name, count
            FROM items
            WHERE name LIKE ?
            ORDER BY name
        """
        self.cursor.execute(query, (f"%{word}%",))
        return self.cursor.fetchall()
''',
    ),
    adds(
        "import from csv",
        INV,
        """    def load(self, path):
        with open(path) as file:
            for row in csv.DictReader(file):
                self.cursor.execute(
                    "INSERT INTO items VALUES ('" + row["sku"] + "', '" + row["name"] + "', " + row["count"] + ")"
                )
""",
        """    def load(self, path):
        with open(path) as file:
            for row in csv.DictReader(file):
                self.cursor.execute("INSERT INTO items VALUES (?, ?, ?)", (row["sku"], row["name"], row["count"]))
""",
    ),
    adds(
        "read a note",
        NOTES,
        """    def read(self, name):
        with open(os.path.join(self.folder, name), encoding="utf-8") as file:
            return file.read()
""",
        """    def read(self, name):
        path = os.path.realpath(os.path.join(self.folder, name))
        if not path.startswith(os.path.realpath(self.folder) + os.sep):
            raise ValueError(name)
        with open(path, encoding="utf-8") as file:
            return file.read()
""",
    ),
    adds(
        "serve static",
        HANDLER,
        """    def do_GET(self):
        with open("public/" + self.path, "rb") as file:
            self.wfile.write(file.read())
""",
        """    def do_GET(self):
        import os

        with open(os.path.join("public", os.path.basename(self.path)), "rb") as file:
            self.wfile.write(file.read())
""",
    ),
    adds(
        "ping",
        FLASK,
        """@app.route("/ping")
def ping():
    host = request.args.get("host", "localhost")
    return os.popen("ping -c 1 " + host).read()
""",
        """@app.route("/ping")
def ping():
    import ipaddress
    import subprocess

    host = str(ipaddress.ip_address(request.args.get("host", "127.0.0.1")))
    return subprocess.run(["ping", "-c", "1", host], capture_output=True, text=True).stdout
""",
    ),
    adds(
        "bash -c",
        TOOLS,
        """def deploy(branch):
    script = f"cd /srv/app && git checkout {branch} && make restart"
    return subprocess.call(["bash", "-c", script])
""",
        """def deploy(branch):
    subprocess.check_call(["git", "-C", "/srv/app", "checkout", branch])
    return subprocess.call(["make", "-C", "/srv/app", "restart"])
""",
    ),
    adds(
        "calc",
        TOOLS,
        """class Sheet:
    def __init__(self):
        self.cells = {}

    def value(self, cell):
        text = self.cells[cell]
        if text.startswith("="):
            return eval(text[1:])
        return text
""",
        """class Sheet:
    def __init__(self):
        self.cells = {}

    def value(self, cell):
        text = self.cells[cell]
        if text.startswith("="):
            return sum(float(part) for part in text[1:].split("+"))
        return text
""",
    ),
    adds(
        "cache pickle",
        DATA,
        """import pickle


class Cache:
    def __init__(self, folder):
        self.folder = Path(folder)

    def get(self, key):
        path = self.folder / (key + ".bin")
        return pickle.loads(path.read_bytes()) if path.exists() else None
""",
        """class Cache:
    def __init__(self, folder):
        self.folder = Path(folder)

    def get(self, key):
        import hashlib

        path = self.folder / (hashlib.sha256(key.encode()).hexdigest() + ".json")
        return json.loads(path.read_text()) if path.exists() else None
""",
    ),
    adds(
        "upload",
        FLASK,
        """@app.route("/upload", methods=["POST"])
def upload():
    file = request.files["file"]
    file.save(os.path.join(FOLDER, file.filename))
    return "ok"
""",
        """@app.route("/upload", methods=["POST"])
def upload():
    from werkzeug.utils import secure_filename

    file = request.files["file"]
    file.save(os.path.join(FOLDER, secure_filename(file.filename)))
    return "ok"
""",
    ),
    adds(
        "api key by random string",
        USERS,
        """class Keys:
    def __init__(self):
        self.keys = {}

    def issue(self, user):
        import string

        key = "".join(random.choices(string.ascii_letters + string.digits, k=40))
        self.keys[key] = user
        return key
""",
        """class Keys:
    def __init__(self):
        self.keys = {}

    def issue(self, user):
        key = secrets.token_urlsafe(30)
        self.keys[key] = user
        return key
""",
    ),
    adds(
        "xml of a request",
        FLASK,
        """@app.route("/xml", methods=["POST"])
def xml():
    from lxml import etree

    parser = etree.XMLParser(load_dtd=True, resolve_entities=True)
    return etree.fromstring(request.data, parser).tag
""",
        """@app.route("/xml", methods=["POST"])
def xml():
    from defusedxml import ElementTree

    return ElementTree.fromstring(request.data).tag
""",
    ),
    adds(
        "sso redirect",
        DJANGO,
        """def done(request):
    from django.shortcuts import redirect

    return redirect(request.GET["next"])
""",
        """def done(request):
    from django.shortcuts import redirect
    from django.utils.http import url_has_allowed_host_and_scheme

    target = request.GET["next"]
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    return redirect(target)
""",
    ),
    adds(
        "webhook signature",
        FLASK,
        """@app.route("/webhook", methods=["POST"])
def webhook():
    import hashlib
    import hmac

    digest = hmac.new(os.environ["SECRET"].encode(), request.data, hashlib.sha256).hexdigest()
    if "sha256=" + digest == request.headers["X-Hub-Signature-256"]:
        return "ok"
    return "no", 403
""",
        """@app.route("/webhook", methods=["POST"])
def webhook():
    import hashlib
    import hmac

    digest = hmac.new(os.environ["SECRET"].encode(), request.data, hashlib.sha256).hexdigest()
    if hmac.compare_digest("sha256=" + digest, request.headers["X-Hub-Signature-256"]):
        return "ok"
    return "no", 403
""",
    ),
    adds(
        "django settings",
        "import os\n\nDEBUG = False\n",
        """SECRET_KEY = "django-insecure-8v!k2x9q#m1zp0s7w4r6t3y5u"
""",
        """SECRET_KEY = os.environ["DJANGO_SECRET_KEY"]
""",
        "site/settings.py",
    ),
    adds(
        "session requests",
        CLIENT,
        """class Api:
    def __init__(self, insecure_host):
        self.session = requests.Session()
        self.session.verify = False
        self.host = insecure_host
""",
        """class Api:
    def __init__(self, host, bundle=None):
        self.session = requests.Session()
        if bundle:
            self.session.verify = bundle
        self.host = host
""",
    ),
    adds(
        "email regex",
        TOOLS,
        """import re


def is_mail(text):
    return re.match(r"^([a-zA-Z0-9_.-]+)*@example\\.com$", text) is not None
""",
        """import re


def is_mail(text):
    return re.match(r"^[a-zA-Z0-9_.-]+@example\\.com$", text) is not None
""",
    ),
    adds(
        "template of text",
        "from jinja2 import Template\n\nLETTER = 'Dear {{ name }}'\n",
        """def letter(name, greeting):
    return Template("Dear " + name + ", {{ greeting }}").render(greeting=greeting)
""",
        """def letter(name, greeting):
    return Template("Dear {{ name }}, {{ greeting }}").render(name=name, greeting=greeting)
""",
    ),
    adds(
        "debug logging of token",
        CLIENT,
        """def call(path, access_token):
    import logging

    logging.getLogger(__name__).debug(f"GET {path} with {access_token}")
    return requests.get(API + path, headers={"Authorization": f"Bearer {access_token}"}, timeout=5)
""",
        """def call(path, access_token):
    import logging

    logging.getLogger(__name__).debug(f"GET {path}")
    return requests.get(API + path, headers={"Authorization": f"Bearer {access_token}"}, timeout=5)
""",
    ),
    adds(
        "private file",
        TOOLS,
        """def save_key(path, data):
    with open(path, "w") as file:
        file.write(data)
    os.chmod(path, 0o666)
""",
        """def save_key(path, data):
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.write(data)
""",
    ),
    adds(
        "sort direction",
        STORE,
        """    def sorted_by(self, column, direction):
        sql = f"SELECT id FROM notes ORDER BY {column} {direction}"
        return [row[0] for row in self.db.execute(sql)]
""",
        """    def sorted_by(self, column, direction):
        columns = {"id": "id", "title": "title"}
        order = "DESC" if direction == "desc" else "ASC"
        sql = f"SELECT id FROM notes ORDER BY {columns[column]} {order}"
        return [row[0] for row in self.db.execute(sql)]
""",
    ),
    adds(
        "go exec",
        'package main\n\nimport "os/exec"\n',
        'func zip(name string) error {\n\treturn exec.Command("sh", "-c", "zip out.zip "+name).Run()\n}\n',
        'func zip(name string) error {\n\treturn exec.Command("zip", "out.zip", name).Run()\n}\n',
        "zip.go",
    ),
    adds(
        "react html",
        "export const a = 1;\n",
        "export function Body({ text }) {\n  return <div dangerouslySetInnerHTML={{ __html: text }} />;\n}\n",
        "export function Body({ text }) {\n  return <div>{text}</div>;\n}\n",
        "src/body.jsx",
    ),
    adds(
        "java sql",
        "class Users {\n",
        '  ResultSet find(Statement s, String name) throws SQLException {\n    return s.executeQuery("SELECT * FROM users WHERE name = \'" + name + "\'");\n  }\n',
        "  ResultSet find(PreparedStatement s, String name) throws SQLException {\n    s.setString(1, name);\n    return s.executeQuery();\n  }\n",
        "Users.java",
    ),
    changes(
        "argparse to shell",
        CLI,
        "    print(args.name)\n",
        '    os.system(f"figlet {args.name}")\n',
        '    run(["figlet", args.name])\n',
    ),
    adds(
        "env editor",
        CLI,
        """def edit(path):
    editor = os.environ.get("EDITOR", "vi")
    subprocess.call(editor + " " + path, shell=True)
""",
        """def edit(path):
    import shlex

    editor = os.environ.get("EDITOR", "vi")
    subprocess.call([*shlex.split(editor), path])
""",
    ),
    adds(
        "exec of a config file",
        CLI,
        """def settings(path):
    values = {}
    exec(open(path).read(), values)
    return values
""",
        """def settings(path):
    import tomllib

    with open(path, "rb") as file:
        return tomllib.load(file)
""",
    ),
    adds(
        "blog post by slug",
        BLOG,
        """    def post(self, slug):
        path = f"{self.folder}/{slug}.md"
        with open(path) as file:
            return file.read()
""",
        """    def post(self, slug):
        if not slug.isalnum():
            raise KeyError(slug)
        path = f"{self.folder}/{slug}.md"
        with open(path) as file:
            return file.read()
""",
    ),
    adds(
        "signed cookie by md5",
        BLOG,
        """    def sign(self, user):
        import hashlib

        return user + "." + hashlib.md5((self.secret + user).encode()).hexdigest()
""",
        """    def sign(self, user):
        import hashlib
        import hmac

        return user + "." + hmac.new(self.secret.encode(), user.encode(), hashlib.sha256).hexdigest()
""",
    ),
    adds(
        "page of a post",
        BLOG,
        """    def page(self, title, body):
        return "<html><head><title>%s</title></head><body>%s</body></html>" % (title, body)
""",
        """    def page(self, title, body):
        from html import escape

        return "<html><head><title>%s</title></head><body>%s</body></html>" % (escape(title), escape(body))
""",
    ),
    adds(
        "delete user row",
        STORE,
        """    def drop(self, table, where):
        cursor = self.db.cursor()
        cursor.execute("DELETE FROM notes WHERE owner = '" + str(where["owner"]) + "'")
        return cursor.rowcount
""",
        """    def drop(self, table, where):
        cursor = self.db.cursor()
        cursor.execute("DELETE FROM notes WHERE owner = ?", (str(where["owner"]),))
        return cursor.rowcount
""",
    ),
    adds(
        "executescript",
        STORE,
        """    def seed(self, name):
        self.db.executescript(f"INSERT INTO notes (title) VALUES ('{name}'); UPDATE stats SET n = n + 1;")
""",
        """    def seed(self, name):
        self.db.execute("INSERT INTO notes (title) VALUES (?)", (name,))
        self.db.execute("UPDATE stats SET n = n + 1")
""",
    ),
    adds(
        "urlopen unverified",
        CLIENT,
        """def mirror(path):
    return urllib.request.urlopen(API + path, context=ssl._create_unverified_context()).read()
""",
        """def mirror(path):
    return urllib.request.urlopen(API + path, context=ssl.create_default_context()).read()
""",
    ),
    adds(
        "jwt none",
        USERS,
        """def read(token):
    import jwt

    return jwt.decode(token, algorithms=["HS256"], verify=False)
""",
        """def read(token, key):
    import jwt

    return jwt.decode(token, key, algorithms=["HS256"])
""",
    ),
    adds(
        "password hash sha256",
        USERS,
        """def signup(name, password):
    USERS[name] = hashlib.sha256(password.encode("utf-8")).hexdigest()
""",
        """def signup(name, password):
    import bcrypt

    USERS[name] = bcrypt.hashpw(password.encode("utf-8"), bcrypt.gensalt())
""",
    ),
    adds(
        "session id",
        USERS,
        """def new_session(name):
    import time

    session_id = hashlib.sha1(f"{name}{time.time()}{random.random()}".encode()).hexdigest()
    return session_id
""",
        """def new_session(name):
    session_id = secrets.token_hex(20)
    return session_id
""",
    ),
    adds(
        "sax external",
        DATA,
        """def titles(path, handler):
    import xml.sax
    from xml.sax.handler import feature_external_ges

    parser = xml.sax.make_parser()
    parser.setFeature(feature_external_ges, True)
    parser.setContentHandler(handler)
    parser.parse(path)
""",
        """def titles(path, handler):
    import xml.sax
    from xml.sax.handler import feature_external_ges

    parser = xml.sax.make_parser()
    parser.setFeature(feature_external_ges, False)
    parser.setContentHandler(handler)
    parser.parse(path)
""",
    ),
    adds(
        "fastapi search",
        FASTAPI,
        """@router.get("/search")
def search(q: str, db=None):
    return db.execute(f"SELECT id FROM docs WHERE body LIKE '%{q}%'").fetchall()
""",
        """@router.get("/search")
def search(q: str, db=None):
    return db.execute("SELECT id FROM docs WHERE body LIKE ?", (f"%{q}%",)).fetchall()
""",
    ),
    adds(
        "django template",
        DJANGO,
        """def greet(request):
    return HttpResponse("<b>Hello " + request.GET.get("name", "") + "</b>")
""",
        """def greet(request):
    from django.utils.html import escape

    return HttpResponse("<b>Hello " + escape(request.GET.get("name", "")) + "</b>")
""",
    ),
    adds(
        "proxy",
        FLASK,
        """@app.route("/proxy/<path:target>")
def proxy(target):
    import urllib.request

    return urllib.request.urlopen("http://" + target).read()
""",
        """@app.route("/proxy/<int:number>")
def proxy(number: int):
    import urllib.request

    return urllib.request.urlopen(f"http://pages.internal/{number}").read()
""",
    ),
    adds(
        "delete file",
        FLASK,
        """@app.route("/delete", methods=["POST"])
def delete():
    os.remove(FOLDER + "/" + request.form["file"])
    return redirect("/")
""",
        """@app.route("/delete", methods=["POST"])
def delete():
    from werkzeug.utils import secure_filename

    os.remove(FOLDER + "/" + secure_filename(request.form["file"]))
    return redirect("/")
""",
    ),
    adds(
        "aws key",
        CLIENT,
        """def bucket():
    import boto3

    return boto3.client("s3", aws_access_key_id="AKIAQ4TZ7XNB2WLC5RVD", aws_secret_access_key="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")
""",
        """def bucket():
    import boto3

    return boto3.client("s3")
""",
    ),
    adds(
        "umask",
        DATA,
        """def private(path, text):
    import os

    os.umask(0)
    Path(path).write_text(text)
""",
        """def private(path, text):
    import os

    os.umask(0o077)
    Path(path).write_text(text)
""",
    ),
    adds(
        "ssh exec",
        TOOLS,
        """def remote(client, name):
    return client.exec_command("systemctl restart " + name)
""",
        """def remote(client, name):
    import shlex

    return client.exec_command("systemctl restart " + shlex.quote(name))
""",
    ),
    adds(
        "ts eval",
        "export const n = 1;\n",
        "export function calc(formula: string): number {\n  return eval(formula);\n}\n",
        "export function calc(formula: string): number {\n  return formula.split('+').map(Number).reduce((a, b) => a + b, 0);\n}\n",
        "src/calc.ts",
    ),
    adds(
        "node sql template",
        "const pool = require('./pool');\n",
        "exports.find = (name) => pool.query(`SELECT * FROM users WHERE name = '${name}'`);\n",
        "exports.find = (name) => pool.query('SELECT * FROM users WHERE name = $1', [name]);\n",
        "src/find.js",
    ),
    adds(
        "rust tls",
        "use reqwest::Client;\n",
        "pub fn client() -> Client {\n    Client::builder().danger_accept_invalid_certs(true).build().unwrap()\n}\n",
        "pub fn client() -> Client {\n    Client::builder().build().unwrap()\n}\n",
        "src/client.rs",
    ),
)
