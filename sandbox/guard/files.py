"""Reading and writing files for the host."""

import os
import stat


def read(pipe, request):
    """Send a regular file, up to `limit` bytes of it. Pipes and devices count as empty: reading one could wait.

    `within`: folders that it has to lie in, wherever links lead; none: anywhere.
    """
    real = os.path.realpath(request["path"])
    if request["within"] and not any(lies(real, os.path.realpath(top)) for top in request["within"]):
        raise PermissionError(1, "outside the working copy", request["path"])
    with open(request["path"], "rb", opener=lambda p, flags: os.open(p, flags | os.O_NONBLOCK)) as f:
        regular = stat.S_ISREG(os.fstat(f.fileno()).st_mode)
        data = (f.read(request["limit"] + 1) if regular else b"") or b""
    pipe.send({"more": len(data) > request["limit"]}, data[: request["limit"]])


def write(pipe, request, body, umask):
    """Replace a file's bytes in one step, keeping its mode; a new file's folders are made. Tells where links led."""
    path = os.path.realpath(request["path"])
    inside = os.path.realpath(request["within"])
    if not lies(path, inside):
        raise PermissionError(1, "outside the working copy", request["path"])
    if os.path.isdir(path):
        raise IsADirectoryError(21, os.strerror(21), request["path"])
    os.makedirs(os.path.dirname(path), exist_ok=True)
    mode = os.stat(path).st_mode & 0o7777 if os.path.exists(path) else 0o666 & ~umask
    spare = os.path.join(os.path.dirname(path), ".patchwright-" + os.urandom(8).hex())
    try:
        with open(spare, "xb") as f:  # a command could have laid a pipe or a link there
            f.write(body)
        os.chmod(spare, mode)
        os.replace(spare, path)
    except OSError:
        if os.path.exists(spare):
            os.unlink(spare)
        raise
    pipe.send({"path": os.path.relpath(path, inside)})


def lies(path, top):
    return path == top or path.startswith(top.rstrip("/") + "/")


def fresh(path):
    """Open a new file for reading and writing, whatever a command has laid where it is to be."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if os.path.lexists(path):
        os.unlink(path)
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
