// The stage: what is shown at a step.

const shadow = host.attachShadow({ mode: "open" });
shadow.innerHTML = film.markup;
const style = document.createElement("style");
style.textContent = film.style;
shadow.prepend(style);
const find = (selector) => shadow.querySelector(selector);
const all = (selector) => [...shadow.querySelectorAll(selector)];
const player = find(".player");
const root = film.labels.length - 1;
const picture = buildPicture(find(".picture"));
let now = computed([...film.leaves], film.rate || 0);
let showsData = film.showsData;
let frames = [];
let at = 0;
let timer = null;
let rounds = 0;
const opened = new Map(); // the cards that a reader opened or closed
const PHASES = { seed: "backward", effect: "update" };
const phaseOf = (frame) => PHASES[frame.phase] || frame.phase;
const sayStep = (frame, place) => {
  const phase = phaseOf(frame);
  const words = textOf(frame.words, now);
  return `${phase[0].toUpperCase()}${phase.slice(1)}, step ${place + 1} of ${frames.length}: ${words}`;
};

// The listing: a symbol in it knows its box.
const boxOf = new Map(film.names.map((name, box) => [name, box]));
for (const [name, box] of film.gradientNames) boxOf.set(name, box);
const lines = film.code.map((text, place) => {
  const heading = film.headings[place];
  if (heading) find(".code").append(element("li", { class: "heading" }, heading));
  const line = element("li", { class: text ? "" : "gap" });
  const frame = film.frames.find((one) => one.code === place);
  if (frame) line.dataset.box = frame.target;
  for (const part of text.split(/([\p{L}_][\p{L}\p{N}_]*)/u)) {
    const box = boxOf.get(part);
    line.append(box === undefined ? part : element("span", { "data-box": box }, part));
  }
  find(".code").append(line);
  return line;
});

// Scroll an element of ours, never the page.
function reveal(inside, inner, isSideways = true) {
  if (!inside || !inner || !inner.offsetParent) return;
  const [outer, place] = [inside.getBoundingClientRect(), inner.getBoundingClientRect()];
  if (isSideways && (place.left < outer.left || place.right > outer.right)) {
    inside.scrollLeft += place.left + place.width / 2 - outer.left - outer.width / 2;
  }
  if (place.top < outer.top || place.bottom > outer.bottom) {
    inside.scrollTop += place.top + place.height / 2 - outer.top - outer.height / 2;
  }
}

// What all frames up to this one have brought: which lines are computed, gradients, leaves that moved.
function stateAt(step) {
  const known = new Set(film.leaves.map((_, box) => box));
  const grads = new Map();
  const moved = new Set();
  const done = new Set();
  for (const frame of frames.slice(0, step + 1)) {
    if (frame.phase === "forward") known.add(frame.target);
    else if (frame.way !== null) {
      grads.set(frame.target, [now.steps[frame.way].after, inPlace("a", frame.way, now)]);
      done.add(frame.way);
    } else if (frame.phase === "update") moved.add(frame.target);
    else for (let box = film.leaves.length; box <= root; box++) moved.add(box);
  }
  return { known, grads, moved, done };
}

function setNumber(place, text, exact) {
  if (place.tagName !== "INPUT") place.textContent = text;
  else if (shadow.activeElement !== place) place.value = text;
  place.title = exact === undefined ? "" : exact;
}

// The lines of the listing that are about the gradients of inputs and targets alone.
const ofData = new Set(film.frames.filter((frame) => frame.isData).map((frame) => frame.code));
for (const frame of film.frames) if (!frame.isData) ofData.delete(frame.code);

// Room for the widest number of every column, so that nothing moves when one appears.
function reserve() {
  const longest = (texts) => Math.max(...texts.map((text) => text.length));
  const numbers = [now.data, now.moved, now.after || []].flatMap((some) => some.map((one, box) =>
    figure(one, some === now.data ? now.scales[box] : 0)));
  const steps = now.steps.map((_, step) => step);
  const widest = {
    data: longest(numbers),
    grad: longest(steps.map((step) => inPlace("a", step, now))),
    local: 2 + longest(steps.map((step) => (film.local.includes(step) ? inPlace("p", step, now) : ""))),
  };
  for (const [name, length] of Object.entries(widest)) player.style.setProperty(`--widest-${name}`, `${length}ch`);
}

const places = film.labels.map((_, box) => all(`.picture [data-box="${box}"]`));
const fields = all("input[data-leaf]");

function fold(frame) {
  picture.cards.forEach((card, place) => {
    if (!film.cards[place].isGroup) return;
    const touched = [frame.target, frame.source].some((box) => film.cards[place].boxes.includes(box));
    const isOpen = !player.classList.contains("wide") || (opened.has(place) ? opened.get(place) : touched);
    card.classList.toggle("closed", !isOpen);
    card.querySelector(".open").setAttribute("aria-expanded", isOpen);
  });
}

function show(step) {
  at = Math.max(0, Math.min(frames.length - 1, Math.round(step)));
  const frame = frames[at];
  const { known, grads, moved, done } = stateAt(at);
  const flight = new Set(frame.phase === "backward" ? [frame.way] : frame.phase === "forward" ? frame.reads : []);
  player.dataset.phase = phaseOf(frame);
  for (let box = 0; box <= root; box++) {
    const hasMoved = moved.has(box) && now.after;
    const data = hasMoved ? now.after[box] : moved.has(box) ? now.moved[box] : now.data[box];
    const text = known.has(box) ? (data === undefined ? "·" : figure(data, hasMoved ? 0 : now.scales[box])) : "·";
    const [grad, said] = grads.get(box) || [undefined, ""];
    const local = film.local[box];
    for (const place of places[box]) {
      place.classList.toggle("to", frame.target === box);
      place.classList.toggle("from", frame.source === box);
      place.classList.toggle("waiting", !known.has(box));
      place.classList.toggle("moved", moved.has(box));
      place.classList.toggle("factor", frame.way > 0 && film.ways[frame.way - 1].factor === box);
      const [number, gradient, factor] = [".data", ".grad", ".local"].map((part) => place.querySelector(part));
      if (number) setNumber(number, text, known.has(box) ? data : undefined);
      if (gradient) {
        gradient.textContent = said || (place.matches(".pill") ? "" : grads.size ? "·" : "");
        if (said && place.matches(".pill")) gradient.textContent = `${GRADIENT} = ${said}`;
        gradient.title = grad === undefined ? "" : grad;
      }
      if (factor && local) {
        factor.textContent = known.has(film.ways[local - 1].from) ? `× ${inPlace("p", local, now)}` : "";
        factor.title = textOf(film.ways[local - 1].local, now);
        factor.classList.toggle("lit", frame.way === local);
      }
    }
  }
  fold(frame);
  picture.arrows.forEach((arrow, place) => {
    arrow.classList.toggle("lit", flight.has(place + 1));
    arrow.classList.toggle("done", done.has(place + 1));
    arrow.classList.toggle("data", film.ways[place].isData && !showsData);
  });
  lines.forEach((line, place) => {
    line.classList.toggle("data", !showsData && ofData.has(place));
    line.classList.toggle("lit", place === frame.code);
    if (place === frame.code) line.setAttribute("aria-current", "step");
    else line.removeAttribute("aria-current");
  });
  saySo(frame);
  showRoad(frame);
  showTime(frame);
  reveal(find(".code"), lines[frame.code], false);
  const lit = places[frame.target].find((place) => place.matches("tr, .pill")) || places[frame.target][0];
  reveal(lit.closest(".rows, .many"), lit);
  drawArrows(picture, flight, frame.phase === "backward");
  const card = lit.closest(".card, .pill");
  reveal(find(".picture"), card);
  if (card.offsetHeight > find(".picture").clientHeight) reveal(find(".picture"), lit);
}

function saySo(frame) {
  const source = frame.source === null ? "" : `${film.labels[frame.source]} → `;
  find(".kicker").textContent = `${phaseOf(frame)}: ${source}${film.labels[frame.target]}`;
  find(".formula").replaceChildren(...frame.formula.map((row) => element("div", {}, elementsOf(row, now))));
  find(".words").textContent = sayStep(frame, at);
  find(".because").textContent = frame.because && `Because ${frame.because}.`;
  const mixed = frame.phase === "effect" && now.after
    ? `Values are new; × local and ${GRADIENT} are those from before the update. ` : "";
  find(".coming").textContent = at < frames.length - 1
    ? `Next: ${textOf(frames[at + 1].short, now)}` : `${mixed}This was the last step${film.rate === null ? "." : "; “train on” begins again with the new numbers."}`;
  const isNothing = frame.phase === "forward" || frame.phase === "effect";
  find(".copy").setAttribute("aria-disabled", isNothing);
  find(".copy").title = isNothing ? `${NOTHING_TO_COPY} Go to one of backward or update.`
    : "Copies this graph and the partial in flight as a test in Python";
  find(".copied").replaceChildren();
}

// The roads from the root to the value in flight: each a product of partials. Where there are many, each way that leads
// there is the gradient that it hands on, times its partial.
function roadsTo(target, until) {
  const into = (box) => film.ways.flatMap((way, place) => (way.to === box && place + 1 <= until ? [place + 1] : []));
  let count = 0;
  const from = (box) => {
    if (box === root) return [[]];
    const found = [];
    for (const way of into(box)) {
      for (const above of from(film.ways[way - 1].from)) {
        if (++count > 40) return found;
        found.push([...above, way]);
      }
    }
    return found;
  };
  const roads = from(target);
  return count <= 40 && roads.length <= 3 ? roads : into(target).map((way) => [-way, way]);
}

function factorOf(part) {
  const { upstream, local, from, factor } = film.ways[Math.abs(part) - 1];
  const number = part < 0 ? now.steps[-part].upstream : now.steps[part].partial;
  const symbol = element("span", {}, elementsOf(part < 0 ? upstream : local, now));
  return element("div", { class: "factor", "data-box": part < 0 ? from : factor ?? from, title: number },
    element("b", {}, figure(number)), symbol);
}

function showRoad(frame) {
  const road = find(".road");
  let [target, until] = [frame.target, frame.way];
  if (frame.phase === "update") until = film.ways.length;
  if (until === null || frame.phase === "effect") {
    road.replaceChildren(element("p", { class: "quiet" }, frame.phase === "effect"
      ? `${film.labels[root]} was ${figure(now.data[root])} before the update, ${inPlace("l", 0, now)}.`
      : "The road from the loss to a weight is shown on the way back."));
    road.dataset.product = "";
    return;
  }
  const roads = roadsTo(target, until);
  const labels = `the road from ${film.labels[root]} to ${film.labels[target]}: `;
  const title = labels + (roads.length > 1 ? `${roads.length} ways, each a product, and their sum` : "every factor, one product");
  const parts = [];
  const shown = roads.slice(0, 3);
  shown.forEach((one, place) => {
    if (place) parts.push(element("span", { class: "sign" }, "+"));
    one.forEach((part, number) => {
      if (number) parts.push(element("span", { class: "sign" }, "·"));
      const factor = factorOf(part);
      if (place === shown.length - 1 && number === one.length - 1) factor.classList.add("now");
      parts.push(factor);
    });
    if (!one.length) parts.push(element("div", { class: "factor" }, element("b", {}, "1")));
  });
  if (roads.length > 3) parts.push(element("span", { class: "sign" }, `+ … ${roads.length - 3} more`));
  const sum = until && frame.phase !== "update" ? now.steps[until].after : now.grads[target];
  const text = until && frame.phase !== "update" ? inPlace("a", until, now) : figure(sum);
  parts.push(element("span", { class: "sign" }, "="));
  parts.push(element("div", { class: "factor result", "data-box": target, title: sum }, element("b", {}, text),
    element("span", {}, `∂${film.labels[root]}/∂${film.labels[target]}`)));
  road.dataset.product = roads.reduce((total, one) =>
    total + one.reduce((product, part) =>
      product * (part < 0 ? now.steps[-part].upstream : now.steps[part].partial), 1), 0);
  road.replaceChildren(element("p", { class: "quiet" }, title), element("div", { class: "factors" }, ...parts));
  if (find(".factors .now")) reveal(find(".factors"), find(".factors .result"));
}

// The time line: a segment for each phase, and where we are in it.
function showTime(frame) {
  const phases = ["forward", "backward", "update"];
  const time = find(".time");
  const loss = film.rate === null ? "" :
    `, ${film.labels[root]} ${figure(now.data[root])} → ${now.after ? figure(now.after[root]) : "none"}`;
  for (const phase of phases) {
    const inside = frames.filter((one) => phaseOf(one) === phase);
    const segment = find(`.segment.${phase}`);
    segment.hidden = !inside.length;
    segment.style.flexGrow = inside.length;
    segment.classList.toggle("on", phaseOf(frame) === phase);
    segment.querySelector("span").textContent = `${phase} ${inside.length}${phase === "update" ? loss : ""}`;
    const place = inside.indexOf(frame);
    segment.querySelector("i").style.left = `${((place + 0.5) / inside.length) * 100}%`;
    segment.querySelector("i").hidden = place < 0;
  }
  time.setAttribute("aria-valuemax", frames.length);
  time.setAttribute("aria-valuenow", at + 1);
  time.setAttribute("aria-valuetext", sayStep(frame, at));
  find(".count").textContent = `step ${at + 1} of ${frames.length}`;
  find(".loss").textContent = `${film.labels[root]} = ${frame.phase === "effect" && now.after ? figure(now.after[root])
    : frame.phase === "forward" && frame.target !== root ? "·" : figure(now.data[root])}`;
  for (const [name, ends] of [["first", !at], ["back", !at], ["on", at === frames.length - 1], ["last", at === frames.length - 1]]) {
    find(`.${name}`).setAttribute("aria-disabled", ends);
  }
}
