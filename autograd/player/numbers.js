// What the page is handed, and numbers: texts with places for them, see templates.py.

const film = contents;
// Texts that many steps share are handed over once.
for (const frame of film.frames) {
  frame.formula = frame.formula.map((row) => film.texts[row]);
  for (const name of ["words", "short", "because"]) frame[name] = film.texts[frame[name]];
  if (frame.phase === "forward") {
    frame.reads = film.ways.flatMap((way, place) => (way.from === frame.target ? [place + 1] : []));
  }
}

// How many digits a number has at least, and at most: figures.py says why, and has the same rules.
const [FEWEST, MOST] = [4, 15];
const written = new Map(); // of numbers with the fewest digits
function figure(number, scale = 0, significant = FEWEST) {
  const shown = Math.abs(number) < 1e-15 * scale ? 0 : number;
  if (significant !== FEWEST) return digits(shown, significant).replaceAll("-", "−");
  let text = written.get(shown);
  if (text === undefined) {
    text = digits(shown).replaceAll("-", "−");
    if (written.size > 20000) written.clear();
    written.set(shown, text);
  }
  return text;
}

const rounded = (significant) => (number) => (Number.isFinite(number) ? Number(digits(number, significant)) : number);
const alike = ({ result, terms = [] }, significant) =>
  terms.some((term) => digits(term, significant) === digits(result, significant));

function holds({ result, right, scale = 0 }, operands, results) {
  const number = right(rounded(operands), rounded(results));
  if (!Number.isFinite(number) || !Number.isFinite(result)) return true;
  if (Math.abs(result) < 1e-15 * scale) return Math.abs(number) <= 10 ** (1 - operands) * scale;
  const left = Number(digits(result, results));
  const unit = 10 ** (Number(left.toExponential(6).split("e")[1]) + 1 - results);
  return Math.abs(number - left) <= 0.500001 * (Math.abs(left) < 1e6 ? Math.min(unit, 1) : unit);
}

// How many digits operands and results need, and whether the equations are true with them.
function enough(equations) {
  for (let results = FEWEST; results <= MOST; results++) {
    if (equations.some((one) => alike(one, results))) continue;
    for (let operands = results; operands <= MOST; operands++) {
      if (equations.every((one) => holds(one, operands, results))) return [operands, results, true];
    }
  }
  return [FEWEST, FEWEST, false];
}

function apart(one, other) {
  for (let significant = FEWEST; significant <= MOST; significant++) {
    if (one === other || digits(one, significant) !== digits(other, significant)) return significant;
  }
  return FEWEST;
}

// What is written in a step, and has to be true at the digits shown.
function equationsOf({ phase, target, way, formula }, now) {
  if (phase === "forward") {
    if (formula[1].includes("…")) return [];
    const result = now.data[target];
    const reads = film.ways.flatMap(({ from, to }, at) =>
      (from === target ? [[now.steps[at + 1].partial, now.data[to]]] : []));
    const right = (of) => reads.reduce((sum, [partial, number]) => sum + partial * (of(number) - number), result);
    const terms = reads.map(([, number]) => number).filter((number) => film.sums[target] && number !== result);
    return [{ result, right, terms, scale: now.scales[target] }];
  }
  if (phase === "update") {
    const [number, gradient] = [now.data[target], now.grads[target]];
    const right = (of) => of(number) - of(now.rate) * of(gradient);
    return [{ result: now.moved[target], right, terms: now.rate * gradient ? [number] : [] }];
  }
  if (!way) return [];
  const { upstream, partial, contribution, before, after } = now.steps[way];
  const found = [{ result: contribution, right: (of) => of(upstream) * of(partial) }];
  if (film.ways.slice(0, way - 1).some((one) => one.to === target)) {
    const [scale, terms] = [Math.abs(before) + Math.abs(contribution), contribution ? [before] : []];
    found.push({ result: after, right: (of) => of(before) + of(upstream) * of(partial), terms, scale });
    found.push({ result: after, right: (of, result) => of(before) + result(contribution), terms, scale });
  }
  return found;
}

function digitsOf(frame, now) {
  if (!now.known.has(frame)) {
    const effect = frame.phase === "effect";
    now.known.set(frame, effect ? [FEWEST, now.after ? apart(now.data.at(-1), now.after.at(-1)) : FEWEST, true]
      : enough(equationsOf(frame, now)));
  }
  return now.known.get(frame);
}

// As Python writes a float.
function asPython(number) {
  if (!Number.isFinite(number)) return `float("${Number.isNaN(number) ? "nan" : number > 0 ? "inf" : "-inf"}")`;
  return Number.isInteger(number) && Math.abs(number) < 1e16 ? number.toFixed(1) : String(number);
}

// Every number of every step, for these leaves and this learning rate. Throws where there is none, in words.
function computed(leaves, rate) {
  const now = film.compute ? film.compute(...leaves) : film.recorded;
  const scales = now.data.map(() => 0);
  film.ways.forEach(({ from, to }, at) => {
    if (film.sums[from]) scales[from] = Math.max(scales[from], Math.abs(now.steps[at + 1].partial * now.data[to]));
  });
  const moved = leaves.map((leaf, box) => (film.parameters.includes(box) ? leaf - rate * now.grads[box] : leaf));
  let after = null;
  try {
    if (film.rate !== null) after = film.compute ? film.compute(...moved).data : film.recorded.after;
  } catch {
    // The step leads to where the graph has no answer: that is what the page says.
  }
  return { ...now, leaves, rate, scales, moved, after, known: new Map() };
}

// The gradient after a step of backward, with the fewest digits.
const gradientAfter = (step) => figure(step.after, Math.abs(step.before) + Math.abs(step.contribution));

// What stands in a place of a frame, as a text; templates.py says what the kinds are.
function inPlace(kind, at, now, frame) {
  if (kind === "s" || kind === "S") return film.labels[boxIn(kind, at, frame)];
  const [operands, results, isTrue] = digitsOf(frame, now);
  const box = at ?? frame.target;
  const step = now.steps[frame.way ?? 0];
  switch (kind) {
    case "d": return figure(now.data[box], now.scales[box], at === undefined ? results : operands);
    case "e": return isTrue ? "=" : "≈";
    case "o": return figure(now.data[box], 0, operands);
    case "g": return figure(now.grads[box], 0, operands);
    case "r": return figure(now.rate, 0, operands);
    case "n": return figure(now.moved[box], 0, results);
    case "u": return figure(step.upstream, 0, operands);
    case "p": return figure(step.partial, 0, operands);
    case "b": return figure(step.before, 0, operands);
    case "c": return figure(step.contribution, 0, results);
    case "f": return figure(now.data[box], 0, results);
    case "a": case "A": return figure(step.after, Math.abs(step.before) + Math.abs(step.contribution), results);
  }
  if (!now.after) return kind === "m" ? "no real value" : "and has no real value now: the step was too long";
  const after = figure(now.after.at(-1), 0, results);
  return kind === "m" ? after : `and is now ${after}`;
}

const PLACE = /\ue000(\(?)(\w)(\d*)\ue001/g;
const boxIn = (kind, at, frame) => (kind === "S" ? frame.source : at ?? frame.target);

// The two factors of a step in symbols; a partial of several terms in brackets.
function factor(kind, frame) {
  const { from, local, isFactor } = film.ways[frame.way - 1];
  return kind === "U" ? upstreamOf(from) : isFactor ? local : `(${local})`;
}
const symbolOf = (box) => `\ue000s${box}\ue001`;
const upstreamOf = (box) => `∂${symbolOf(film.labels.length - 1)}/∂${symbolOf(box)}`;

// A template as a text; a frame's own with that frame.
const textOf = (template, now, frame) =>
  template.replace(PLACE, (_, bracket, kind, number) => {
    if (kind === "U" || kind === "P") return textOf(factor(kind, frame), now, frame);
    const text = inPlace(kind, number ? Number(number) : undefined, now, frame);
    return bracket && text.startsWith("−") ? `(${text})` : text;
  });

// A template as elements: symbols know their box, and the three factors of the chain rule have a colour.
const COLOURS = { U: "upstream", u: "upstream", P: "local", p: "local", c: "product", A: "product" };
const OF_STEP = { u: "upstream", p: "partial", c: "contribution", b: "before", A: "after" };
function elementsOf(template, now, frame) {
  const all = document.createDocumentFragment();
  let end = 0;
  for (const found of template.matchAll(PLACE)) {
    const [whole, bracket, kind, number] = found;
    const at = number ? Number(number) : undefined;
    all.append(template.slice(end, found.index));
    end = found.index + whole.length;
    const part = document.createElement("span");
    if (COLOURS[kind]) part.className = COLOURS[kind];
    if (kind === "U" || kind === "P") {
      part.append(elementsOf(factor(kind, frame), now, frame));
    } else {
      const text = inPlace(kind, at, now, frame);
      part.textContent = bracket && text.startsWith("−") ? `(${text})` : text;
      const box = "sSdo".includes(kind) ? boxIn(kind, at, frame) : frame?.target;
      if ("sSdo".includes(kind)) part.dataset.box = box;
      const exact = { d: now.data, o: now.data, g: now.grads, n: now.moved }[kind];
      if (exact) part.title = exact[box];
      if (OF_STEP[kind]) part.title = now.steps[frame.way][OF_STEP[kind]];
    }
    all.append(part);
  }
  all.append(template.slice(end));
  return all;
}

// The test of the partial in flight, for the numbers that are shown: the whole partial first.
function testOf(frame, now) {
  const { imports, missing, names, lines, whole, local } = film.copied;
  const quoted = (name) => `"${name}"`;
  const root = names[names.length - 1];
  const text = [`from autograd import ${["Value", ...imports].join(", ")}`];
  text.push("from autograd.testing import assert_partials", "");
  for (const name of missing) text.push(`# ${name} has to be defined here, as it was where the graph was made`);
  now.leaves.forEach((leaf, box) => text.push(`${names[box]} = Value(${asPython(leaf)}, ${quoted(names[box])})`));
  lines.forEach((line, place) => text.push(`${line}.named(${quoted(names[now.leaves.length + place])})`));
  if (!lines.length) text.push("");
  const [key, expression] = whole[frame.target];
  const entries = [`    ${key}: ${expression || asPython(now.grads[frame.target])},`];
  if (frame.phase === "backward" && local[frame.way - 1][0] !== key) {
    const { from, to } = film.ways[frame.way - 1];
    const sum = film.ways.reduce(
      (all, way, at) => (way.from === from && way.to === to ? all + now.steps[at + 1].partial : all), 0);
    entries.push(`    ${local[frame.way - 1][0]}: ${local[frame.way - 1][1] || asPython(sum)},`);
  }
  return [...text, "", `assert_partials(${root}, {`, ...entries, "})", ""].join("\n");
}
