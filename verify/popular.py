"""Packages that everybody knows: what a made-up or malicious name is made to look like. And releases known to be bad."""

PYPI_NAMES = """
aiobotocore aiofiles aiohttp aiosignal alembic altair annotated-types ansible anthropic anyio apache-airflow
appdirs apscheduler argcomplete arrow asgiref asn1crypto astroid asyncpg attrs authlib autopep8 awscli babel
bandit bcrypt beautifulsoup4 bitarray black bleach bokeh boto boto3 botocore bottle cachecontrol cachetools
catboost celery certifi cffi chardet charset-normalizer cherrypy click cloudpickle colorama coloredlogs
configparser coverage croniter cryptography cssselect cycler cython dash dask databricks-cli datasets
dateparser decorator deepdiff defusedxml deprecated dill discord distlib distro django django-cors-headers
django-filter djangorestframework dnspython docker docopt docutils docx2txt duckdb ecdsa elasticsearch
email-validator emoji environs et-xmlfile evaluate execnet faker falcon fastapi fastjsonschema fasttext
filelock flake8 flask flask-cors flask-login flask-migrate flask-restful flask-sqlalchemy fonttools
freezegun frozenlist fsspec future gensim geopandas gevent gitdb gitpython google-api-core
google-api-python-client google-auth google-cloud-bigquery google-cloud-storage googleapis-common-protos
gradio graphql-core graphviz greenlet grpcio grpcio-tools gunicorn h11 h2 h5py hatchling holidays html5lib
httpcore httplib2 httptools httpx huggingface-hub hypothesis idna imageio importlib-metadata
importlib-resources inflection iniconfig invoke ipykernel ipython ipywidgets isodate isort itsdangerous jedi
jinja2 jmespath joblib jsonpatch jsonpath-ng jsonschema jupyter jupyterlab jwcrypto kafka-python keras
keyring kiwisolver kombu kubernetes langchain langchain-core langgraph lazy-object-proxy libcst lightgbm
litellm llama-index llvmlite locust loguru lxml lz4 mako markdown markdown-it-py markupsafe marshmallow
matplotlib mccabe mlflow mock mongoengine more-itertools moto mpmath msgpack multidict mypy mypy-extensions
mysql-connector-python mysqlclient nbconvert nbformat neo4j networkx nltk nodeenv notebook numba numpy
oauthlib onnx onnxruntime openai opencv-python openpyxl opentelemetry-api opentelemetry-sdk optuna orjson
packaging paho-mqtt pandas paramiko parso passlib pathspec peewee pendulum pexpect pika pillow pip pipenv
platformdirs playwright plotly pluggy poetry polars pre-commit prometheus-client prompt-toolkit propcache
protobuf psutil psycopg psycopg2 psycopg2-binary ptyprocess py pyarrow pyasn1 pycodestyle pycparser
pycryptodome pycryptodomex pydantic pydantic-core pydantic-settings pydocstyle pydub pyflakes pygame
pygments pyinstaller pyjwt pylint pymongo pymupdf pymysql pynacl pyodbc pyopenssl pyparsing pypdf pypdf2
pyperclip pyqt5 pyqt6 pyright pyserial pyside6 pysocks pyspark pytest pytest-asyncio pytest-cov
pytest-django pytest-mock pytest-timeout pytest-xdist python-dateutil python-docx python-dotenv python-jose
python-json-logger python-magic python-multipart python-slugify python-telegram-bot pytz pywin32 pyyaml
pyzmq rapidfuzz ray redis referencing regex reportlab requests requests-mock requests-oauthlib
requests-toolbelt responses retrying rich rpds-py rsa ruamel-yaml ruff s3fs s3transfer sanic scapy
scikit-image scikit-learn scipy scrapy seaborn selenium semver sentence-transformers sentencepiece
sentry-sdk setuptools setuptools-scm shapely simplejson six slack-sdk smmap sniffio snowballstemmer
sortedcontainers soupsieve spacy sphinx sphinx-rtd-theme sqlalchemy sqlmodel sqlparse starlette statsmodels
streamlit stripe structlog sympy tabulate tenacity tensorboard tensorflow termcolor textual threadpoolctl
tiktoken tinycss2 tokenizers toml tomli tomlkit toolz torch torchaudio torchvision tornado tox tqdm
traitlets transformers trio tweepy twilio twine twisted typer types-requests typing-extensions
typing-inspection tzdata tzlocal ujson ultralytics unidecode unidiff uritemplate urllib3 uv uvicorn uvloop
validators virtualenv waitress wandb watchdog watchfiles wcwidth weasyprint webdriver-manager
websocket-client websockets werkzeug wheel whitenoise wrapt wtforms xgboost xlrd xlsxwriter xmltodict yapf
yarl zipp zope-interface zstandard
"""
PYPI = frozenset(PYPI_NAMES.split())

NPM_NAMES = """
@angular/core @babel/core @babel/preset-env @babel/runtime @emotion/react @emotion/styled @eslint/js
@mui/material @nestjs/common @nestjs/core @prisma/client @reduxjs/toolkit @tanstack/react-query
@testing-library/jest-dom @testing-library/react @types/jest @types/node @types/react
@typescript-eslint/parser @vitejs/plugin-react @vue/compiler-sfc acorn ajv angular ansi-regex ansi-styles
antd apollo-server archiver async autoprefixer aws-sdk axios babel-cli babel-core babel-eslint babel-jest
babel-loader bcrypt bcryptjs bluebird body-parser bootstrap browserify bull bunyan busboy camelcase chai
chalk cheerio chokidar class-validator classnames cli-table coffee-script color colors commander compression
concurrently connect cookie cookie-parser core-js cors cross-env cross-fetch cross-spawn crypto-js
css-loader cypress d3 date-fns dayjs debug deepmerge del discord.js dompurify dotenv ejs electron ember-cli
enzyme esbuild escape-string-regexp eslint eslint-config-airbnb eslint-config-prettier eslint-plugin-import
eslint-plugin-jest eslint-plugin-prettier eslint-plugin-react event-stream execa express express-session
express-validator fast-glob fastify file-loader firebase formik fs-extra glob globby got graphql graphql-tag
gulp handlebars helmet highlight.js html-webpack-plugin http-proxy husky i18next iconv-lite immer immutable
inquirer ioredis jasmine jest joi jquery js-yaml jsdom jsonwebtoken karma knex koa leaflet less lint-staged
lodash lodash.debounce lodash.merge log4js lru-cache luxon marked material-ui micromatch mime minimatch
minimist mkdirp mocha moment moment-timezone mongodb mongoose morgan mssql multer mysql mysql2 nanoid next
next-auth node-cron node-fetch node-sass nodemailer nodemon nyc openai ora p-limit passport passport-jwt
passport-local path-to-regexp pg pino playwright pm2 postcss postcss-loader prettier prisma progress
prop-types pug puppeteer qs query-string ramda react react-dom react-hook-form react-query react-redux
react-router react-router-dom react-scripts recharts redis redux redux-saga redux-thunk reflect-metadata
regenerator-runtime request resolve rimraf rollup rxjs sass sass-loader semver sequelize serve sharp shelljs
shortid sinon slugify socket.io socket.io-client source-map sqlite3 stripe style-loader styled-components
stylelint superagent supertest svelte swiper tailwindcss terser three through2 ts-jest ts-loader ts-node
tslib tslint turbo type-fest typeorm typescript uglify-js underscore undici uuid validator vite vitest vue
vue-router vuex webpack webpack-cli webpack-dev-server winston ws xml2js yargs yup zod zone.js zustand
"""
NPM = frozenset(NPM_NAMES.split())

BAD: dict[str, dict[str, tuple[str, ...]]] = {
    "pypi": {
        "litellm": ("1.82.7", "1.82.8"),
        "ultralytics": ("8.3.41", "8.3.42", "8.3.45", "8.3.46"),
        "ctx": ("0.1.2", "0.2.2", "0.2.6"),
        "jeilyfish": (),
        "python3-dateutil": (),
        "colourama": (),
        "djanga": (),
    },
    "npm": {
        "event-stream": ("3.3.6",),
        "flatmap-stream": (),
        "ua-parser-js": ("0.7.29", "0.8.0", "1.0.0"),
        "coa": ("2.0.3", "2.0.4", "2.1.1", "2.1.3", "3.0.1", "3.1.3"),
        "rc": ("1.2.9", "1.3.9", "2.3.9"),
        "colors": ("1.4.1", "1.4.2"),
        "faker": ("6.6.6",),
        "node-ipc": ("9.2.2", "10.1.1", "10.1.2"),
        "eslint-scope": ("3.7.2",),
        "crossenv": (),
    },
}
"""Releases that carried malware or sabotage; none named: every one of them."""

DISTRIBUTIONS: dict[str, tuple[str, ...]] = {
    "yaml": ("pyyaml",),
    "PIL": ("pillow",),
    "bs4": ("beautifulsoup4",),
    "sklearn": ("scikit-learn",),
    "skimage": ("scikit-image",),
    "cv2": ("opencv-python", "opencv-python-headless"),
    "dateutil": ("python-dateutil",),
    "dotenv": ("python-dotenv",),
    "jwt": ("pyjwt",),
    "attr": ("attrs",),
    "Crypto": ("pycryptodome",),
    "Cryptodome": ("pycryptodomex",),
    "OpenSSL": ("pyopenssl",),
    "serial": ("pyserial",),
    "usb": ("pyusb",),
    "git": ("gitpython",),
    "docx": ("python-docx",),
    "pptx": ("python-pptx",),
    "magic": ("python-magic",),
    "zmq": ("pyzmq",),
    "MySQLdb": ("mysqlclient",),
    "psycopg2": ("psycopg2-binary",),
    "google": ("google-cloud", "protobuf", "google-api"),
    "pkg_resources": ("setuptools",),
    "rest_framework": ("djangorestframework",),
    "corsheaders": ("django-cors-headers",),
    "jose": ("python-jose",),
    "multipart": ("python-multipart",),
    "slugify": ("python-slugify",),
    "Levenshtein": ("python-levenshtein",),
    "ldap": ("python-ldap",),
    "fitz": ("pymupdf",),
    "wx": ("wxpython",),
    "gi": ("pygobject",),
    "win32api": ("pywin32",),
    "markdown_it": ("markdown-it-py",),
    "socks": ("pysocks",),
    "nacl": ("pynacl",),
    "telegram": ("python-telegram-bot",),
    "igraph": ("python-igraph",),
    "faiss": ("faiss-cpu", "faiss-gpu"),
    "fuzzywuzzy": ("fuzzywuzzy",),
    "tree_sitter": ("tree-sitter",),
    "ruamel": ("ruamel.yaml",),
    "_pytest": ("pytest",),
}
"""Modules that another distribution than one of their own name provides."""
