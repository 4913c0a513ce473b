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
  return { canvas, cards, arrows };
}

// Where an arrow ends: at the row, or, where that is folded away or scrolled out of sight, at what is seen of it.
function edgeOf(card, box) {
  const row = card.matches(".pill") ? card : card.querySelector(`tr[data-box="${box}"]`);
  const outer = card.getBoundingClientRect();
  const head = (card.querySelector(".top") || card).getBoundingClientRect();
  if (!row || !row.offsetParent) return { left: outer.left, right: outer.right, y: head.top + head.height / 2 };
  const inner = row.getBoundingClientRect();
  const scroller = (card.querySelector(".rows") || card.closest(".many") || card).getBoundingClientRect();
  const y = Math.max(scroller.top + 4, Math.min(scroller.bottom - 4, inner.top + inner.height / 2));
  return { left: outer.left, right: outer.right, y };
}

const columnOf = [];
film.columns.forEach((column, place) => column.forEach((card) => (columnOf[card] = place)));

// Draws the arrows where the cards are now: forward, or, for those in flight, the way that the gradient goes.
function drawArrows({ canvas, cards, arrows }, flight, isBackward) {
  const origin = canvas.getBoundingClientRect();
  const seen = {};
  const known = {};
  const edge = (card, box) => (known[`${card} ${box}`] ||= edgeOf(cards[card], box));
  const paths = film.ways.map((way, at) => {
    if (way.inside && !flight.has(at + 1)) return null;
    const [tail, head] = [edge(film.cardOf[way.to], way.to), edge(film.cardOf[way.from], way.row)];
    // Two arrows between the same ends, as for a + a, lie beside each other.
    const key = `${way.to} ${way.from} ${way.row}`;
    seen[key] = (seen[key] || 0) + 1;
    const shift = (seen[key] - 1) * 14;
    const inColumn = tail.left < head.right && head.left < tail.right;
    const [x1, y1] = [tail.right - origin.left, tail.y - origin.top + shift];
    const [x2, y2] = [(inColumn ? head.right : head.left) - origin.left, head.y - origin.top + shift];
    const bend = inColumn ? 18 + shift + Math.abs(y2 - y1) / 12 : Math.max(20, Math.abs(x2 - x1) / 2);
    // Past the columns between, not behind what stands in them.
    const isFar = columnOf[film.cardOf[way.from]] - columnOf[film.cardOf[way.to]] > 1 && Math.abs(y2 - y1) < 60;
    const bow = isFar ? 90 : 0;
    const end = x2 + (inColumn ? bend : -bend);
    const line = `M${x1} ${y1}C${x1 + bend} ${y1 + bow} ${end} ${y2 + bow} ${x2} ${y2}`;
    const back = isBackward && flight.has(at + 1);
    const [x, y] = back ? [x1, y1] : [x2, y2];
    const to = back || inColumn ? 9 : -9;
    return [line, `M${x} ${y}l${to} -5v10z`];
  });
  arrows.forEach((arrow, at) => {
    arrow.firstChild.setAttribute("d", paths[at] ? paths[at][0] : "");
    arrow.lastChild.setAttribute("d", paths[at] ? paths[at][1] : "");
  });
}
