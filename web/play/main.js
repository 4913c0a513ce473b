// The playground's page: what is written is run by a worker (worker.js), and what comes back is shown.
import { editor } from "./editor.js";
import { pack, unpack } from "./link.js";

const find = (id) => document.getElementById(id);
const examples = JSON.parse(find("examples").textContent);
const lines = editor(find("editor"), run);

let worker = null;
let isReady = false;
let count = 0; // of the runs; an answer to an earlier one is not shown

function start() {
  isReady = false;
  worker = window.stepgradWorker?.() ?? new Worker(new URL("worker.js", location.href), { type: "module" });
  worker.onmessage = ({ data }) => {
    if (data.ready) {
      isReady = true;
      document.body.dataset.python = "ready";
    } else if (data.failed) fail(`Python could not be started: ${data.failed}`);
    else if (data.id === count) show(data);
  };
  worker.onerror = (event) => fail(`Python could not be started: ${event.message ?? "this page has to come from a web server"}`);
}

function say(text) {
  find("status").textContent = text;
}

function put(element, text) {
  find(element).textContent = text;
  find(element).hidden = !text;
}

function fail(text) {
  busy(false);
  say("");
  put("error", text);
}

function busy(isRunning) {
  const had = document.activeElement === find(isRunning ? "run" : "stop");
  find("run").hidden = isRunning;
  find("stop").hidden = !isRunning;
  if (had) find(isRunning ? "stop" : "run").focus();
}

function run() {
  if (!worker) start();
  count++;
  busy(true);
  say(isReady ? "running …" : "starting Python, which takes some seconds the first time …");
  find("stage").classList.add("old");
  worker.postMessage({ id: count, code: lines.text(), partials: find("partials").value });
}

function stop() {
  worker.terminate();
  worker = null;
  count++;
  busy(false);
  find("stage").classList.remove("old");
  say("stopped; the next Run starts Python again");
}

function stage(html) {
  // The scripts of a fragment run when it is put into the page. Those of innerHTML would not.
  find("stage").replaceChildren(document.createRange().createContextualFragment(html));
  find("stage").classList.remove("old");
}

function show(answer) {
  busy(false);
  say(`ran in ${answer.seconds.toFixed(2)} s`);
  if (answer.html) stage(answer.html);
  put("printed", answer.printed);
  put("error", answer.error);
  lines.mark(answer.line);
  find("report").innerHTML = answer.report;
  find("report").hidden = !answer.report;
  document.body.dataset.runs = count;
}

// Shown as it was prepared: Python is not needed for it.
function choose(number) {
  const example = examples[number];
  find("examples-menu").selectedIndex = number;
  lines.write(example.code);
  find("partials").value = example.partials;
  put("printed", example.printed);
  put("error", example.error);
  find("report").hidden = true;
  stage(example.html);
  say("a prepared result; press Run to compute it here");
  history.replaceState(null, "", location.pathname + location.search);
}

async function share() {
  history.replaceState(null, "", `#${await pack([lines.text(), find("partials").value])}`);
  try {
    await navigator.clipboard.writeText(location.href);
    say("the link is copied; it holds your lines");
  } catch {
    say("the link is in the address bar; it holds your lines");
  }
}

async function fromLink() {
  if (location.hash.length < 2) return false;
  try {
    const [code, partials] = await unpack(location.hash.slice(1));
    lines.write(code);
    find("partials").value = partials;
  } catch {
    say("this link is damaged: a part of it is missing");
    return false;
  }
  find("examples-menu").selectedIndex = -1;
  for (const one of ["printed", "error"]) put(one, "");
  find("report").hidden = true;
  find("stage").replaceChildren();
  say("from a link: read it, then press Run"); // somebody else's lines never run by themselves
  return true;
}

examples.forEach((example) => find("examples-menu").add(new Option(example.title)));
find("examples-menu").addEventListener("change", () => choose(find("examples-menu").selectedIndex));
for (const one of ["run", "check"]) find(one).addEventListener("click", run);
find("stop").addEventListener("click", stop);
find("share").addEventListener("click", share);
addEventListener("hashchange", fromLink);
fromLink().then((isLinked) => {
  const damaged = find("status").textContent;
  if (!isLinked) choose(0);
  if (!isLinked && damaged) say(damaged);
  setTimeout(() => worker ?? start(), 300); // Python, when the page has been shown
});
