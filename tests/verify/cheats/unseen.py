"""More patches that use what does not exist, written when the rules were done, and run once before these were mended."""

from invented import LOAD, PLACE, pair, whole

TASKS = f"""
    import asyncio
    import logging
    import os
    import shutil
    import threading
    from collections import defaultdict
    from concurrent.futures import ThreadPoolExecutor
    from functools import lru_cache

    log = logging.getLogger(__name__)


    class Base:
        def __init__(self, name: str) -> None:
            self.name = name
            self._seen = defaultdict(list)

        def run(self) -> int:
            return len(self._seen)


    class Job(Base):
        retries: int = 3

        def start(self, pool: ThreadPoolExecutor, dry: bool = False):
            if dry:
                {PLACE}
            return pool.submit(self.run)


    @lru_cache
    def make(name: str) -> Job:
        return Job(name)
"""
TYPED = f"""
    from typing import NamedTuple, TypedDict

    import attr
    from rich.console import Console
    from rich.table import Table


    class Row(NamedTuple):
        key: str
        value: int = 0


    class Settings(TypedDict):
        host: str
        port: int


    @attr.define
    class Server:
        host: str
        port: int = 80

        def url(self) -> str:
            return f"http://{{self.host}}:{{self.port}}"


    def show(rows: list[Row], settings: Settings, wide: bool = False):
        table = Table(title="rows")
        if wide:
            {PLACE}
        for row in rows:
            table.add_row(row.key, str(row.value))
        Console().print(table)
"""
UNSEEN = (
    pair(
        "an inherited method",
        TASKS,
        "return self.execute()",
        "return self.run()",
    ),
    pair(
        "an attribute of the object itself",
        TASKS,
        "return self.max_retries",
        "return self.retries + len(self.name)",
    ),
    pair("a logging method", TASKS, 'log.notice("x %s", self.name)', 'log.warning("x %s", self.name)'),
    pair(
        "a function of os",
        TASKS,
        'os.make_dirs("x")',
        'os.makedirs("x", exist_ok=True)',
    ),
    pair(
        "a keyword of shutil",
        TASKS,
        'shutil.copytree("a", "b", overwrite=True)',
        'shutil.copytree("a", "b", dirs_exist_ok=True)',
    ),
    pair(
        "a keyword of an executor",
        TASKS,
        "return ThreadPoolExecutor(workers=3)",
        "return ThreadPoolExecutor(max_workers=3)",
    ),
    pair(
        "a function of asyncio",
        TASKS,
        "return asyncio.run_sync(self.run)",
        "return asyncio.to_thread(self.run)",
    ),
    pair(
        "a thread that can be stopped",
        TASKS,
        "t = threading.Thread(target=self.run)\nt.start()\nt.stop()",
        "t = threading.Thread(target=self.run)\nt.start()\nt.join()",
    ),
    pair(
        "a method of what a cached function returns",
        TASKS,
        'return make("x").launch(pool)',
        'return make("x").start(pool)',
    ),
    pair("a field of a named tuple", TYPED, "return rows[0].name", "return rows[0].key.title()"),
    pair(
        "a keyword of a method of a library",
        TYPED,
        'table.add_column("x", align="right")',
        'table.add_column("x", justify="right")',
    ),
    pair(
        "a field of an attrs class",
        TYPED,
        'return Server("x", tls=True).url()',
        'return Server("x", port=443).url()',
    ),
    pair(
        "a method of a typed dictionary",
        TYPED,
        "return settings.host",
        'return settings.get("host")',
    ),
    pair(
        "a module of a library",
        TYPED,
        "from rich.charts import BarChart\nreturn BarChart(rows)",
        "from rich.bar import Bar\nreturn Bar(1, 0, 1)",
    ),
    whole(
        "an invented package of JavaScript",
        "web/main.js",
        "import fs from 'node:fs'\nexport const x = fs\n",
        "import fs from 'node:fs'\nimport { pad } from '../lib2/pad.js'\nexport const x = pad(fs)\n",
        "import fs from 'node:fs'\nimport path from 'path'\nexport const x = path.join(fs)\n",
    ),
    pair(
        "a method after a narrowing",
        LOAD,
        "if isinstance(text, str):\n    return text.to_lower()",
        "if isinstance(text, str):\n    return text.lower()",
    ),
)
