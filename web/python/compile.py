"""Adds bytecode to an archive of Python files. Run in Pyodide, whose Python is the browser's (compile.js)."""

import importlib.util
import io
import marshal
import zipfile
from types import CodeType

_TIME = (2026, 1, 1, 0, 0, 0)  # so that the same files give the same archive


def with_bytecode(data: bytes, is_wheel: bool) -> bytes:
    """A wheel keeps its sources and gets __pycache__; of the standard library only the bytecode is left."""
    result = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new,
    ):
        for name in (one.filename for one in old.infolist() if not one.is_dir()):
            content = old.read(name)
            compiled = None
            if name.endswith(".py"):
                try:
                    shown = name if is_wheel else f"/lib/python314.zip/{name}"
                    code = compile(content, shown, "exec", dont_inherit=True, optimize=0)
                    checksum = importlib.util.source_hash(content)
                    compiled = _pyc(code, checksum)
                except SyntaxError:  # a file for tests, or for another Python
                    pass
            if compiled is None or is_wheel:
                new.writestr(zipfile.ZipInfo(name, _TIME), content, zipfile.ZIP_DEFLATED, 9)
            if compiled is not None:
                new.writestr(
                    zipfile.ZipInfo(_cached(name) if is_wheel else f"{name}c", _TIME), compiled, zipfile.ZIP_DEFLATED, 9
                )
    return result.getvalue()


def _pyc(code: CodeType, checksum: bytes) -> bytes:
    """The format of a .pyc that is not compared with its source: magic number, flags, checksum, code (PEP 552)."""
    return importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little") + checksum + marshal.dumps(code)


def _cached(name: str) -> str:
    folder, _, file = name.rpartition("/")
    return f"{folder}/__pycache__/{file[:-3]}.cpython-314.pyc".lstrip("/")
