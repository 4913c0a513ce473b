// Python in a thread of its own: the page stays quick, and what runs forever can be ended.
const ready = (async () => {
  const runtime = new URL("../runtime/", import.meta.url).href;
  const { loadPyodide } = await import(`${runtime}stepgrad.js`);
  const pyodide = await loadPyodide({ indexURL: runtime, lockFileURL: `${runtime}pyodide-lock.json`, packages: ["stepgrad"] });
  const runner = await (await fetch(new URL("runner.py", import.meta.url))).text();
  pyodide.FS.writeFile("/home/pyodide/runner.py", runner);
  return pyodide.pyimport("runner").run;
})();
ready.then(() => postMessage({ ready: true }), (error) => postMessage({ failed: String(error) }));

onmessage = async ({ data }) => {
  const run = await ready;
  const begun = performance.now();
  const answer = JSON.parse(run(data.code, data.partials));
  postMessage({ id: data.id, ...answer, seconds: (performance.now() - begun) / 1000 });
};
