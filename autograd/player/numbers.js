// What the page is handed, and numbers: texts with places for them, see templates.py.

const film = contents;
for (const frame of film.frames) {
  frame.because = film.reasons[frame.because];
  if (frame.phase === "forward") {
    frame.reads = film.ways.flatMap((way, place) => (way.from === frame.target ? [place + 1] : []));
  }
}

// 0 where a number is what rounding left of others of that scale.
const figure = (number, scale = 0) => digits(Math.abs(number) < 1e-15 * scale ? 0 : number).replaceAll("-", "−");

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
  return { ...now, leaves, rate, scales, moved, after };
}

// What stands in a place, as a text, or as a symbol's box.
function inPlace(kind, at, now) {
  const root = film.labels.length - 1;
  const step = now.steps[at];
  switch (kind) {
    case "s": return film.labels[at];
    case "d": return figure(now.data[at], now.scales[at]);
    case "g": return figure(now.grads[at]);
    case "n": return figure(now.moved[at]);
    case "r": return figure(now.rate);
    case "m": return now.after ? figure(now.after[root]) : "no real value";
    case "l":
      return now.after
        ? `and is now ${figure(now.after[root])}` : "and has no real value now: the step was too long";
    case "u": return figure(step.upstream);
    case "p": return figure(step.partial);
    case "c": return figure(step.contribution);
    case "b": return figure(step.before);
    default: return figure(step.after, Math.abs(step.before) + Math.abs(step.contribution));
  }
}

const PLACE = /\ue000(\(?)(\w)(\d*)\ue001/g;

// The two factors of a step in symbols; a partial of several terms in brackets.
function factor(kind, at) {
  const { upstream, local, isFactor } = film.ways[at - 1];
  return kind === "U" ? upstream : isFactor ? local : `(${local})`;
}

// A template as a text.
const textOf = (template, now) =>
  template.replace(PLACE, (_, bracket, kind, at) => {
    if (kind === "U" || kind === "P") return textOf(factor(kind, at), now);
    const text = inPlace(kind, Number(at), now);
    return bracket && text.startsWith("−") ? `(${text})` : text;
  });

// A template as elements: symbols know their box, and the three factors of the chain rule have a colour.
const COLOURS = { U: "upstream", u: "upstream", P: "local", p: "local", c: "product", A: "product" };
function elementsOf(template, now) {
  const all = document.createDocumentFragment();
  let end = 0;
  for (const found of template.matchAll(PLACE)) {
    const [whole, bracket, kind, at] = found;
    all.append(template.slice(end, found.index));
    end = found.index + whole.length;
    const part = document.createElement("span");
    if (COLOURS[kind]) part.className = COLOURS[kind];
    if (kind === "U" || kind === "P") {
      part.append(elementsOf(factor(kind, at), now));
    } else {
      const text = inPlace(kind, Number(at), now);
      part.textContent = bracket && text.startsWith("−") ? `(${text})` : text;
      if (kind === "s" || kind === "d") part.dataset.box = at;
      const exact = { d: now.data[at], g: now.grads[at], n: now.moved[at] }[kind];
      const step = { u: "upstream", p: "partial", c: "contribution", b: "before", A: "after" }[kind];
      if (exact !== undefined) part.title = exact;
      if (step) part.title = now.steps[at][step];
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
