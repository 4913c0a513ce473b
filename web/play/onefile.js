// The worker of the page that is one file (web/onefile.py). What it would fetch it is handed over first, by name.
import { Graphviz } from "@hpcc-js/wasm-graphviz";
import createPyodideModule from "pyodide/pyodide.asm.mjs";
import { loadPyodide } from "pyodide/pyodide.mjs";

const HERE = "http://in.page/"; // asked nowhere
const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));

let hand;
const handed = new Promise((resolve) => { hand = resolve; });
const ready = (async () => {
  const files = await handed;
  const text = (name) => new TextDecoder().decode(bytes(files[name]));
  self.fetch = async (address) => {
    const name = String(address.url ?? address).split("/").pop();
    if (!(name in files)) return new Response("", { status: 404 });
    const kind = name.endsWith(".wasm") ? "application/wasm" : "application/octet-stream";
    return new Response(bytes(files[name]), { headers: { "Content-Type": kind } });
  };
  const settings = { indexURL: HERE, packageBaseUrl: HERE, lockFileContents: text("pyodide-lock.json"), createPyodideModule };
  const [pyodide, graphviz] = await Promise.all([loadPyodide({ ...settings, packages: ["stepgrad"] }), Graphviz.load()]);
  self.stepgradLayout = (source) => graphviz.dot(source);
  pyodide.FS.writeFile("/home/pyodide/runner.py", text("runner.py"));
  return pyodide.pyimport("runner").run;
})();
ready.then(() => postMessage({ ready: true }), (error) => postMessage({ failed: String(error) }));

onmessage = async ({ data }) => {
  if (data.files) return hand(data.files);
  const run = await ready;
  const begun = performance.now();
  const answer = JSON.parse(run(data.code, data.partials));
  postMessage({ id: data.id, ...answer, seconds: (performance.now() - begun) / 1000 });
};
