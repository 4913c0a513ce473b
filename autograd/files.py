"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_whole(path: str | os.PathLike[str], data: bytes) -> None:
    """Write a file: whatever happens meanwhile, also a kill, it holds all of `data` or what it held before.

    What a link points to is written, and the link stays; so does what the file permits. Raises OSError, naming `path`,
    where it cannot be written.
    """
    path = Path(path).resolve()
    if path.exists() and not path.is_file():  # a pipe or a terminal, say, into which nothing can be moved
        path.write_bytes(data)
        return
    try:
        # Beside its place, and then moved there in one step, which a file system does whole or not at all.
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".stepgrad-", suffix=".part")
        beside = Path(temporary)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            beside.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
            beside.replace(path)
        except BaseException:
            beside.unlink()
            raise
    except OSError as error:  # about the file that was asked for, not the one beside it
        raise type(error)(error.errno, error.strerror or str(error), str(path)) from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
