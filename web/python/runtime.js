// Python (Pyodide), and beside it Graphviz for the pictures, as one module: the course and the playground load it.
// It is one file whose name ends in .js, because not every static host knows what .mjs is.
import { loadPyodide as load, version } from "pyodide/pyodide.mjs";
import createPyodideModule from "pyodide/pyodide.asm.mjs";
import { Graphviz } from "@hpcc-js/wasm-graphviz";

export { version };

// Not every host says what .wasm is, either. Streaming is refused then, and Pyodide would wait forever.
for (const name of ["compile", "instantiate"]) {
  const streaming = WebAssembly[`${name}Streaming`];
  WebAssembly[`${name}Streaming`] = async (source, ...rest) => {
    const response = await source;
    const type = response.headers.get("Content-Type") ?? "";
    if (type.startsWith("application/wasm")) return streaming(response, ...rest);
    return WebAssembly[name](await response.arrayBuffer(), ...rest);
  };
}

export async function loadPyodide(options) {
  const [pyodide, graphviz] = await Promise.all([load({ createPyodideModule, ...options }), Graphviz.load()]);
  globalThis.stepgradLayout = (source) => graphviz.dot(source); // autograd/views/rendering.py asks for it
  return pyodide;
}
