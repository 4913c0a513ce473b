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
  const words = textOf(frame.words, now, frame);
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

// What all frames up to this one have brought: which lines are computed, gradients, leaves that moved.
function stateAt(step) {
  const known = new Set(film.leaves.map((_, box) => box));
  const grads = new Map();
  const moved = new Set();
  const done = new Set();
  for (const frame of frames.slice(0, step + 1)) {
    if (frame.phase === "forward") known.add(frame.target);
    else if (frame.way !== null) {
      grads.set(frame.target, now.steps[frame.way]);
      done.add(frame.way);
    } else if (frame.phase === "update") moved.add(frame.target);
    else for (let box = film.leaves.length; box <= root; box++) moved.add(box);
  }
  return { known, grads, moved, done };
}

// Only what changes is written: the browser lays out anew what is.
function write(place, text, exact) {
  const title = exact === undefined ? "" : String(exact);
  if (place.tagName !== "INPUT") {
    if (place.textContent !== text) place.textContent = text;
  } else if (place.value !== text && shadow.activeElement !== place) place.value = text;
  if (place.title !== title) place.title = title;
}

const statesOf = new WeakMap(); // as they were written last
function toggle(place, states) {
  const written = Object.values(states).join();
  if (statesOf.get(place) === written) return;
  statesOf.set(place, written);
  for (const [name, isOn] of Object.entries(states)) place.classList.toggle(name, isOn);
}

// The lines of the listing that are about the gradients of inputs and targets alone.
const ofData = new Set(film.frames.filter((frame) => frame.isData).map((frame) => frame.code));
for (const frame of film.frames) if (!frame.isData) ofData.delete(frame.code);

// Where a value stands in the picture: in a row, in a heading, in a pill.
const places = film.labels.map((_, box) => all(`.picture [data-box="${box}"]`).map((place) => ({
  place,
  isPill: place.matches(".pill"),
  number: place.querySelector(".data"),
  gradient: place.querySelector(".grad"),
  factor: place.querySelector(".local"),
})));
const fields = all("input[data-leaf]");

const inFlight = (frame) =>
  new Set(frame.phase === "backward" ? [frame.way] : frame.phase === "forward" ? frame.reads : []);

function show(step) {
  at = Math.max(0, Math.min(frames.length - 1, Math.round(step)));
  const frame = frames[at];
  const state = stateAt(at);
  const flight = inFlight(frame);
  player.dataset.phase = phaseOf(frame);
  for (let box = 0; box <= root; box++) showBox(box, frame, state);
  fold(frame);
  picture.arrows.forEach((arrow, place) => toggle(arrow, {
    lit: flight.has(place + 1), done: state.done.has(place + 1), data: film.ways[place].isData && !showsData,
  }));
  lines.forEach((line, place) => {
    toggle(line, { data: !showsData && ofData.has(place), lit: place === frame.code });
    if (place === frame.code) line.setAttribute("aria-current", "step");
    else if (line.hasAttribute("aria-current")) line.removeAttribute("aria-current");
  });
  saySo(frame);
  showRoad(frame);
  showTime(frame);
  // All that is written comes first: the browser lays out anew when a place is asked for after that.
  reveal(find(".code"), lines[frame.code], { isSideways: false });
  reveal(find(".factors"), find(".factors .result"));
  bringIntoSight(frame.target);
  fade([...scrolled, ...all(".copied pre")]);
  drawArrows(picture, flight, frame.phase === "backward");
}

function showBox(box, frame, { known, grads, moved }) {
  const isMoved = moved.has(box);
  const hasMoved = isMoved && now.after;
  const data = hasMoved ? now.after[box] : isMoved ? now.moved[box] : now.data[box];
  const text = known.has(box) && data !== undefined ? figure(data, hasMoved ? 0 : now.scales[box]) : "·";
  const step = grads.get(box);
  const said = step ? gradientAfter(step) : "";
  const local = film.local[box];
  const states = {
    to: frame.target === box, from: frame.source === box, waiting: !known.has(box), moved: isMoved,
    factor: frame.way > 0 && film.ways[frame.way - 1].factor === box,
  };
  for (const { place, isPill, number, gradient, factor } of places[box]) {
    toggle(place, states);
    if (number) write(number, text, known.has(box) ? data : undefined);
    if (gradient) write(gradient, isPill ? said && `${GRADIENT} = ${said}` : said || (grads.size ? "·" : ""), step?.after);
    if (factor && local) {
      const { from, local: symbols } = film.ways[local - 1];
      write(factor, known.has(from) ? `× ${figure(now.steps[local].partial)}` : "", textOf(symbols, now));
      toggle(factor, { lit: frame.way === local });
    }
  }
}

// What is said of a step, in a panel.
function tellIn(panel, frame, step) {
  const inside = (selector) => panel.querySelector(selector);
  const source = frame.source === null ? "" : `${film.labels[frame.source]} → `;
  inside(".kicker").textContent = `${phaseOf(frame)}: ${source}${film.labels[frame.target]}`;
  inside(".formula").replaceChildren(...frame.formula.map((row) => element("div", {}, elementsOf(row, now, frame))));
  inside(".words").textContent = sayStep(frame, step);
  inside(".because").textContent = frame.because && `Because ${frame.because}.`;
  const mixed = frame.phase === "effect" && now.after
    ? `Values are new; × local and ${GRADIENT} are those from before the update. ` : "";
  inside(".coming").textContent = step < frames.length - 1
    ? `Next: ${textOf(frames[step + 1].short, now, frames[step + 1])}` : `${mixed}This was the last step${film.rate === null || !film.compute ? "." : "; “train on” begins again with the new numbers."}`;
}

// The panel is as high as the longest of all steps needs: none is cut, and nothing moves from one to the next.
function makeRoomForWords() {
  const say = find(".say");
  const steps = frames.map((frame, step) => {
    const one = element("div", {}, ...[...say.children].map((part) => part.cloneNode()));
    tellIn(one, frame, step);
    return one;
  });
  const every = element("div", { class: "all" }, ...steps);
  say.append(every);
  const { paddingTop, paddingBottom } = getComputedStyle(say);
  const most = Math.max(...steps.map((one) => one.getBoundingClientRect().height));
  every.remove();
  say.style.height = `${Math.ceil(most + parseFloat(paddingTop) + parseFloat(paddingBottom))}px`;
}

function saySo(frame) {
  tellIn(find(".say"), frame, at);
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

const numberOn = (part) => (part < 0 ? now.steps[-part].upstream : now.steps[part].partial);
const alongRoads = (roads, of) =>
  roads.reduce((sum, one) => sum + one.reduce((product, part) => product * of(numberOn(part)), 1), 0);

function factorOf(part, operands) {
  const { local, from, factor } = film.ways[Math.abs(part) - 1];
  const number = numberOn(part);
  const symbol = element("span", {}, elementsOf(part < 0 ? upstreamOf(from) : local, now));
  return element("div", { class: "factor", "data-box": part < 0 ? from : factor ?? from, title: number },
    element("b", {}, figure(number, 0, operands)), symbol);
}

const sign = (text) => element("span", { class: "sign" }, text);
const derivative = (box) => `∂${film.labels[root]}/∂${film.labels[box]}`;

function showRoad(frame) {
  const road = find(".road");
  const { target } = frame;
  const until = frame.phase === "update" ? film.ways.length : frame.way;
  if (until === null || frame.phase === "effect") {
    find(".road p").textContent = frame.phase === "effect"
      ? `${film.labels[root]} was ${inPlace("f", root, now, frame)} before the update, ${inPlace("l", root, now, frame)}.`
      : "The road from the loss to a weight is shown on the way back.";
    find(".factors").replaceChildren();
    road.dataset.product = "";
    return;
  }
  const roads = roadsTo(target, until);
  const shown = roads.slice(0, 3);
  const labels = `the road from ${film.labels[root]} to ${film.labels[target]}: `;
  const title = labels + (roads.length > 1 ? `${roads.length} ways, each a product, and their sum` : "every factor, one product");
  const isStep = frame.phase !== "update" && until > 0;
  const { before, contribution, after } = isStep ? now.steps[until] : { before: 0, contribution: 0, after: now.grads[target] };
  const scale = Math.abs(before) + Math.abs(contribution);
  const equation = { result: after, right: (of) => alongRoads(roads, of), scale };
  const [operands, results, isTrue] = enough(roads.length > shown.length ? [] : [equation]);
  const parts = [];
  shown.forEach((one, place) => {
    if (place) parts.push(sign("+"));
    if (!(one[0] < 0)) {
      parts.push(element("div", { class: "factor", "data-box": root, title: 1 }, element("b", {}, "1"), element("span", {}, derivative(root))));
    }
    one.forEach((part) => {
      if (part > 0) parts.push(sign("·"));
      parts.push(factorOf(part, operands));
    });
    if (place === shown.length - 1) parts.at(-1).classList.add("now");
  });
  if (roads.length > shown.length) parts.push(sign(`+ … ${roads.length - shown.length} more`));
  parts.push(sign(isTrue ? "=" : "≈"));
  parts.push(element("div", { class: "factor result", "data-box": target, title: after },
    element("b", {}, figure(after, scale, results)), element("span", {}, derivative(target))));
  road.dataset.product = alongRoads(roads, (number) => number);
  find(".road p").textContent = title;
  find(".factors").replaceChildren(...parts); // the same element: who is in it with the keyboard stays there
}

// The time line: a segment for each phase, and where we are in it.
function showTime(frame) {
  const phases = ["forward", "backward", "update"];
  const time = find(".time");
  const told = now.after ? apart(now.data[root], now.after[root]) : FEWEST;
  const loss = film.rate === null ? "" :
    `, ${film.labels[root]} ${figure(now.data[root], 0, told)} → ${now.after ? figure(now.after[root], 0, told) : "none"}`;
  for (const phase of phases) {
    const inside = frames.filter((one) => phaseOf(one) === phase);
    const segment = find(`.segment.${phase}`);
    segment.hidden = !inside.length;
    segment.style.flexGrow = inside.length;
    segment.classList.toggle("on", phaseOf(frame) === phase);
    segment.querySelector("span").replaceChildren(`${phase} ${inside.length}`,
      ...(phase === "update" ? [element("span", { class: "effect" }, loss)] : []));
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
