// node compile.js FROM TO …: archives of Python files, with what Pyodide would else compile at every start (compile.py).
import fs from "fs";
import { loadPyodide } from "pyodide";

const pyodide = await loadPyodide();
pyodide.runPython(fs.readFileSync(new URL("compile.py", import.meta.url), "utf8"));
const withBytecode = pyodide.globals.get("with_bytecode");
const paths = process.argv.slice(2);
while (paths.length) {
  const [from, to] = paths.splice(0, 2);
  const data = pyodide.toPy(new Uint8Array(fs.readFileSync(from)));
  const compiled = withBytecode(data, from.endsWith(".whl"));
  fs.writeFileSync(to, compiled.toJs());
  compiled.destroy();
}
