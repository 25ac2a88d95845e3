"""Reading and writing files for the host."""

import os


def read(pipe, request):
    """Send a regular file, up to `limit` bytes of it."""
    with open(request["path"], "rb", opener=lambda p, flags: os.open(p, flags | os.O_NONBLOCK)) as f:
        data = f.read(request["limit"] + 1)
    pipe.send({"more": len(data) > request["limit"]}, data[: request["limit"]])


def write(pipe, request, body, umask):
    """Replace a file's bytes in one step, keeping its mode; a new file's folders are made."""
    path = os.path.realpath(request["path"])
    inside = os.path.realpath(request["within"])
    if path != inside and not path.startswith(inside.rstrip("/") + "/"):
        raise PermissionError(1, "outside the working copy", request["path"])
    if os.path.isdir(path):
        raise IsADirectoryError(21, os.strerror(21), request["path"])
    os.makedirs(os.path.dirname(path), exist_ok=True)
    mode = os.stat(path).st_mode & 0o7777 if os.path.exists(path) else 0o666 & ~umask
    spare = "%s.patchwright-%d" % (path, os.getpid())
    try:
        with open(spare, "wb") as f:
            f.write(body)
        os.chmod(spare, mode)
        os.replace(spare, path)
    except OSError:
        if os.path.exists(spare):
            os.unlink(spare)
        raise
    pipe.send({})
