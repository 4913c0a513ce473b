// How the picture fits: room for numbers, smaller cards, folded cards, and what is scrolled into sight.

const MODES = [[], ["snug"], ["tight"], ["wide"], ["low"], ["lean"]]; // each on top of those before it
const ALL_MODES = [...MODES.flat(), "pin", "tall"];
const rootPill = picture.cards[film.cardOf[root]].matches(".pill") ? picture.cards[film.cardOf[root]] : null;

// A point is half as wide as a digit.
const widthOf = (text) => text.length - (text.includes(".") ? 0.5 : 0);
const widest = (texts) => Math.max(0, ...texts.map(widthOf));

// Room for the widest number of every column, so that nothing moves when one appears; a pill has but one gradient.
const stepsTo = film.labels.map((_, box) =>
  film.ways.flatMap((way, place) => (way.to === box ? [place + 1] : [])).concat(box === root ? [0] : []));
const gradientsOf = (boxes) => widest(boxes.flatMap((box) => stepsTo[box].map((step) => gradientAfter(now.steps[step]))));
function reserve() {
  film.columns.forEach((column, place) => {
    const boxes = column.flatMap((card) => film.cards[card].boxes);
    makeRoom(picture.columns[place], "data", widest(boxes.flatMap((box) => [figure(now.data[box], now.scales[box]),
      ...[now.moved[box], now.after?.[box]].flatMap((one) => (one === undefined ? [] : [figure(one)]))])));
    makeRoom(picture.columns[place], "grad", gradientsOf(boxes));
    makeRoom(picture.columns[place], "local", 2 +
      widest(boxes.map((box) => (film.local[box] ? figure(now.steps[film.local[box]].partial) : ""))));
    for (const card of column) if (!film.cards[card].isGroup) makeRoom(picture.cards[card], "grad", gradientsOf(film.cards[card].boxes));
  });
}

function makeRoom({ style }, name, length) {
  if (style.getPropertyValue(`--widest-${name}`) !== `${length}ch`) style.setProperty(`--widest-${name}`, `${length}ch`);
}

// Where the cards do not fit, they are made smaller; then those that the step does not touch are folded; then all but
// the one that the step leads to.
function measure() {
  const inside = find(".picture");
  reserve();
  makeRoomForWords();
  player.classList.remove(...ALL_MODES);
  // On a phone what comes later stands below.
  if (player.clientWidth < 500) player.classList.add("tall");
  const isFit = MODES.some((mode) => {
    player.classList.add(...mode);
    const [width, height] = sizeAtMost();
    return !inside.clientHeight || (width <= inside.clientWidth && height <= inside.clientHeight);
  });
  player.classList.toggle("pin", !isFit);
  show(at);
}

const isAny = (...modes) => modes.some((mode) => player.classList.contains(mode));
const sum = (numbers) => numbers.reduce((all, one) => all + one, 0);

// What the picture takes at the step that takes most.
function sizeAtMost() {
  const sizes = () => picture.columns.map((column) => [column.offsetWidth, column.offsetHeight]);
  for (const card of picture.cards) card.classList.remove("closed");
  const open = sizes();
  const heights = picture.cards.map((card) => card.offsetHeight);
  const isFolded = isAny("wide", "tall");
  if (isFolded) for (const card of picture.cards) card.classList.toggle("closed", card.matches(".card"));
  const least = sizes();
  // In a column one card is open at a time.
  const most = film.columns.map((column, place) =>
    least[place][1] + Math.max(...column.map((card) => heights[card] - picture.cards[card].offsetHeight)));
  const more = (most, least) => Math.max(...most.map((one, place) => one - least[place]));
  const [widths, closed] = [open.map(([width]) => width), least.map(([width]) => width)];
  const style = getComputedStyle(picture.canvas);
  const [across, down] = [["paddingLeft", "paddingRight"], ["paddingTop", "paddingBottom"]].map((sides) =>
    sum(sides.map((side) => parseFloat(style[side]))));
  const gaps = parseFloat(style.columnGap) * (picture.columns.length - 1);
  if (isAny("tall")) {
    const heights = [null, ...all(".card")].map((card) => {
      card?.classList.remove("closed");
      const { offsetHeight } = picture.canvas;
      card?.classList.add("closed");
      return offsetHeight;
    });
    return [Math.max(...widths) + across, Math.max(...heights)];
  }
  const width = isAny("lean") ? sum(closed) + more(widths, closed) : sum(widths);
  return [width + gaps + across, Math.max(...most) + down];
}

function fold(frame) {
  const boxes = isAny("tall", "lean") ? [frame.target] : [frame.target, frame.source];
  picture.cards.forEach((card, place) => {
    if (!film.cards[place].isGroup) return;
    const touched = boxes.some((box) => film.cards[place].boxes.includes(box));
    const isOpen = !isAny("wide", "tall") || (opened.has(place) ? opened.get(place) : touched);
    card.classList.toggle("closed", !isOpen);
    card.querySelector(".open").setAttribute("aria-expanded", isOpen);
  });
}

// Scroll an element of ours, never the page; at its top and at its bottom something may lie over it.
function reveal(inside, inner, { isSideways = true, top = 0, bottom = 0 } = {}) {
  if (!inside || !inner || !inner.offsetParent) return;
  const [outer, place] = [inside.getBoundingClientRect(), inner.getBoundingClientRect()];
  if (isSideways && (place.left < outer.left || place.right > outer.right)) {
    inside.scrollLeft += place.left + place.width / 2 - outer.left - outer.width / 2;
  }
  if (place.top < outer.top + top || place.bottom > outer.bottom - bottom) {
    inside.scrollTop += place.top + place.height / 2 - (outer.top + top + outer.bottom - bottom) / 2;
  }
}

// The lit row in its card, and the card in the picture; where not everything is seen, the root stays in sight.
function bringIntoSight(box) {
  const lit = places[box].map((one) => one.place).find((place) => place.matches("tr, .pill")) || places[box][0].place;
  const [inside, card] = [find(".picture"), lit.closest(".card, .pill")];
  const rows = lit.closest(".rows, .many");
  reveal(rows, lit, { top: rows?.querySelector("thead")?.offsetHeight });
  const bottom = player.classList.contains("pin") && rootPill && card !== rootPill ? rootPill.offsetHeight + 8 : 0;
  reveal(inside, card, { bottom });
  if (card.offsetHeight > inside.clientHeight - bottom) reveal(inside, lit, { bottom });
  pin();
}

function pin() {
  if (!rootPill) return;
  rootPill.style.transform = "";
  rootPill.classList.remove("held");
  if (!player.classList.contains("pin")) return;
  const inside = find(".picture");
  const [outer, place] = [inside.getBoundingClientRect(), rootPill.getBoundingClientRect()];
  const into = (from, to, low, high) => Math.max(low + 3 - from, Math.min(0, high - 3 - to));
  const x = into(place.left, place.right, outer.left, outer.left + inside.clientWidth);
  const y = into(place.top, place.bottom, outer.top, outer.top + inside.clientHeight);
  const bottom = outer.top + inside.clientHeight - 3 - place.bottom;
  rootPill.style.transform = x || y ? `translate(${x}px, ${bottom}px)` : "";
  rootPill.classList.toggle("held", Boolean(x || y));
}

// What is cut off at an edge fades there: it can be scrolled.
const SCROLLED = ".factors, .code, .rows, .many, .say, .copied pre";
const scrolled = all(".factors, .code, .rows, .many, .say");
function fade(some) {
  const edgesOf = (one) => ({
    left: one.scrollLeft,
    right: one.scrollWidth - one.clientWidth - one.scrollLeft,
    top: one.matches(".rows") ? 0 : one.scrollTop, // the headings stand at the top of rows
    bottom: one.scrollHeight - one.clientHeight - one.scrollTop,
  });
  some.map(edgesOf).forEach((edges, place) => toggle(some[place],
    Object.fromEntries(Object.entries(edges).map(([edge, more]) => [`more-${edge}`, more > 2]))));
}
shadow.addEventListener("scroll", ({ target }) => {
  if (target.matches(SCROLLED)) fade([target]);
  if (target.matches(".picture")) pin();
  if (target.matches(".rows, .many, .pin .picture")) drawArrows(picture, inFlight(frames[at]), frames[at].phase === "backward");
}, true);
