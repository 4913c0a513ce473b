// The picture: cards in columns, with a row for each value, and the arrows between them.

const SVG = "http://www.w3.org/2000/svg";

// What stands above a column of gradients, and before one in a pill.
const ROOT = film.labels[film.labels.length - 1];
const GRADIENT = ROOT.length > 8 ? "grad" : `∂${ROOT}/∂`;

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// The field of a leaf's number, or the place of a computed one.
function numberOf(box) {
  if (box >= film.leaves.length || !film.compute) return element("span", { class: "data" });
  return element("input", {
    class: "data", type: "text", inputmode: "decimal", autocomplete: "off", spellcheck: "false",
    "data-leaf": box, "aria-label": `value of ${film.labels[box]}`,
  });
}

const nameOf = (box) =>
  element("button", { type: "button", class: "name", title: "Go to its next step" }, film.labels[box]);

function rowOf(box) {
  const local = element("td", { class: "local" });
  const row = element("tr", { "data-box": box }, element("th", { scope: "row" }, nameOf(box)),
    element("td", {}, numberOf(box)), local, element("td", { class: "grad" }));
  return row;
}

// A group: its heading, which opens and closes it, and a row for each of its values.
function cardOf({ boxes, title, name }) {
  const last = boxes[boxes.length - 1];
  const isComputed = last >= film.leaves.length;
  const head = element("div", { class: "top", "data-box": last },
    element("button", { type: "button", class: "open", "aria-expanded": "true" }, element("b", {}, name), element("span", { class: "title" }, ` ${title}`)),
    element("b", { class: isComputed ? "data" : "" }));
  const columns = [["", ""], ["value", "What comes out forward"],
    [isComputed ? "× local" : "", "The partial of what comes next in this card: the gradient that arrives there is multiplied by it"],
    [GRADIENT, `The gradient: by how much ${ROOT} grows when this value grows by 1, for small steps`]];
  const heads = columns.map(([text, title]) =>
    text ? element("th", { scope: "col", title }, text) : element("td", {}));
  const body = element("tbody", {}, ...boxes.map(rowOf));
  const table = element("table", {}, element("thead", {}, element("tr", {}, ...heads)), body);
  return element("section", { class: "card", "aria-label": name }, head,
    element("div", { class: "rows" }, table));
}

function pillOf({ boxes: [box], title }) {
  const formula = title ? [element("span", { class: "formula-of" }, title)] : [];
  return element("section", { class: `pill ${film.kinds[box]}`, "data-box": box, "aria-label": film.labels[box] },
    nameOf(box), ...formula, numberOf(box), element("span", { class: "grad" }));
}

// Builds the picture in `inside` and returns what is needed to change it.
function buildPicture(inside) {
  const canvas = element("div", { class: "canvas" });
  const columns = [];
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "arrows");
  svg.setAttribute("aria-hidden", "true");
  const cards = film.cards.map((card) => (card.isGroup ? cardOf(card) : pillOf(card)));
  canvas.append(svg);
  for (const column of film.columns) {
    const around = element("div", { class: "column" });
    const alone = column.filter((card) => !film.cards[card].isGroup && film.kinds[film.cards[card].boxes[0]] === "input");
    const many = alone.length > 6 ? element("div", { class: "many", tabindex: "0", role: "region", "aria-label": "inputs" })
      : around;
    if (many !== around) around.append(many);
    for (const card of column) (alone.includes(card) ? many : around).append(cards[card]);
    canvas.append(around);
    columns.push(around);
  }
  inside.append(canvas);
  const arrows = film.ways.map((way, at) => {
    const group = document.createElementNS(SVG, "g");
    group.setAttribute("data-way", at + 1);
    for (const part of ["line", "head"]) {
      const path = document.createElementNS(SVG, "path");
      path.setAttribute("class", part);
      group.append(path);
    }
    if (way.inside) group.setAttribute("class", "inside");
    svg.append(group);
    return group;
  });
  return { canvas, columns, cards, arrows };
}

// Where an arrow ends: at the row, or, where that is folded away or scrolled out of sight, at what is seen of it.
function edgeOf(card, box, placeOf) {
  const { left, right, top, bottom } = placeOf(card);
  const isPill = card.matches(".pill");
  if (!isPill && card.matches(".closed")) return { left, right, top, bottom, y: (top + bottom) / 2 };
  const row = isPill ? card : card.querySelector(`tr[data-box="${box}"]`);
  const list = card.closest(".many");
  const inner = placeOf(row);
  const seen = placeOf(card.querySelector(".rows") || list || card);
  const clamped = (y) => Math.max(seen.top + 4, Math.min(seen.bottom - 4, y));
  const y = clamped((inner.top + inner.bottom) / 2);
  if (!isPill) return { left, right, top, bottom, y, isRow: true };
  return { left, right, top: list ? clamped(top) : top, bottom: list ? clamped(bottom) : bottom, y };
}

const columnOf = [];
film.columns.forEach((column, place) => column.forEach((card) => (columnOf[card] = place)));

// Draws the arrows where the cards are now: forward, or, for those in flight, the way that the gradient goes.
function drawArrows({ canvas, cards, arrows }, flight, isBackward) {
  const origin = canvas.getBoundingClientRect();
  const isTall = canvas.matches(".tall *");
  const seen = {};
  const asked = new Map();
  const placeOf = (one) => asked.get(one) || asked.set(one, one.getBoundingClientRect()).get(one);
  const edge = (card, box) => edgeOf(cards[card], box, placeOf);
  const paths = film.ways.map((way, at) => {
    if (way.inside && !flight.has(at + 1)) return null;
    const [tail, head] = [edge(film.cardOf[way.to], way.to), edge(film.cardOf[way.from], way.row)];
    // Two arrows between the same ends, as for a + a, lie beside each other.
    const key = `${way.to} ${way.from} ${way.row}`;
    seen[key] = (seen[key] || 0) + 1;
    const shift = (seen[key] - 1) * 14;
    const isFar = columnOf[film.cardOf[way.from]] - columnOf[film.cardOf[way.to]] > 1;
    const back = isBackward && flight.has(at + 1);
    const draw = isTall && tail.bottom < head.bottom - 2 && !way.inside ? downwards : sideways;
    return draw(tail, head, { origin, shift, isFar, back });
  });
  arrows.forEach((arrow, at) => {
    for (const [place, part] of [...arrow.children].entries()) {
      const path = paths[at] ? paths[at][place] : "";
      if (part.getAttribute("d") !== path) part.setAttribute("d", path);
    }
  });
}

// From the right of a card to the left of another, or round to the right of one in the same column.
function sideways(tail, head, { origin, shift, isFar, back }) {
  const inColumn = tail.left < head.right && head.left < tail.right;
  const [x1, y1] = [tail.right - origin.left, tail.y - origin.top + shift];
  const [x2, y2] = [(inColumn ? head.right : head.left) - origin.left, head.y - origin.top + shift];
  const bend = inColumn ? 18 + shift + Math.abs(y2 - y1) / 12 : Math.max(20, Math.abs(x2 - x1) / 2);
  // Past the columns between, not behind what stands in them.
  const bow = isFar && Math.abs(y2 - y1) < 60 ? 90 : 0;
  const end = x2 + (inColumn ? bend : -bend);
  const [x, y] = back ? [x1, y1] : [x2, y2];
  return [`M${x1} ${y1}C${x1 + bend} ${y1 + bow} ${end} ${y2 + bow} ${x2} ${y2}`,
    `M${x} ${y}l${back || inColumn ? 9 : -9} -5v10z`];
}

// From the bottom of a card to the top of one below it, or to the left of its row.
function downwards(tail, head, { origin, shift, back }) {
  const [x1, y1] = [(tail.left + tail.right) / 2 - origin.left + shift, tail.bottom - origin.top];
  const [left, centre] = [head.left - origin.left, (head.left + head.right) / 2 - origin.left + shift];
  const [x2, y2] = head.isRow ? [left, head.y - origin.top] : [centre, head.top - origin.top];
  const bend = Math.max(10, Math.min(40, (y2 - y1) / 2));
  const end = head.isRow ? `${x2 - 16} ${y2 - bend} ${x2 - 16} ${y2}` : `${x1} ${y1 + bend} ${x2} ${y2 - bend}`;
  const start = head.isRow ? `M${x1} ${y1}L${Math.min(x1, x2 - 4)} ${y1 + 8}C` : `M${x1} ${y1}C`;
  const line = `${start}${end} ${x2} ${y2}`;
  if (back) return [line, `M${x1} ${y1}l-5 9h10z`];
  return [line, head.isRow ? `M${x2} ${y2}l-9 -5v10z` : `M${x2} ${y2}l-5 -9h10z`];
}
