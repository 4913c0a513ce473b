"""The playground as one file, for a stick or a school without a network: it opens from a folder.

There a page may fetch nothing and start no worker from a file. So the script of the worker and all that it would fetch
stand in the page, as base64.
"""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path

from .folders import WORK, bundle
from .playground import PLAY

_NEEDED = ("graphviz", "stepgrad", "tqdm")
_START = """
window.stepgradWorker = () => {
  const text = (id) => document.getElementById(id).textContent;
  const script = Uint8Array.from(atob(text("worker")), (sign) => sign.charCodeAt(0));
  const worker = new Worker(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
  worker.postMessage({ files: JSON.parse(text("files")) });
  return worker;
};
"""


def build_one_file(public: Path) -> None:
    """Write public/playground.html from the runtime and the playground that are there."""
    runtime, play = public / "runtime", public / "play"
    wheels = [one for one in sorted(runtime.glob("*.whl")) if one.name.split("-")[0] in _NEEDED]
    paths = [*(runtime / name for name in ("pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")), *wheels]
    files = {path.name: b64encode(path.read_bytes()).decode() for path in [*paths, play / "runner.py"]}
    worker = WORK / "onefile.js"
    # Pyodide asks where its own file lies, and whether this is a classic worker, which it would refuse.
    address = '--define:import.meta.url="http://in.page/pyodide.mjs"'
    modern = "--banner:js=self.importScripts = () => { throw new Error('nothing is imported'); };"
    externals = ("--external:node:*", "--external:ws")
    bundle(PLAY / "onefile.js", worker, "--format=iife", "--platform=browser", *externals, address, modern)
    scripts = (
        f'<script type="application/json" id="files">{json.dumps(files)}</script>'
        f'<script type="text/plain" id="worker">{b64encode(worker.read_bytes()).decode()}</script>'
        f"<script>{_START}</script><script>{_inside_script((play / 'play.js').read_text(encoding='utf-8'))}</script>"
    )
    page = (play / "index.html").read_text(encoding="utf-8")
    for link in ("../index.html", "../course/"):  # these pages are not there
        page = page.replace(f'href="{link}', 'hidden href="')
    before, _, after = page.partition('<script src="play.js"></script>')
    (public / "playground.html").write_text(f"{before}{scripts}{after}", encoding="utf-8")


def _inside_script(text: str) -> str:
    """A script so that nothing in it ends the element it stands in."""
    return text.replace("</", "<\\/").replace("<!--", "<\\!--")
