// Elements, colours, and pictures of numbers over a plane.

const shadow = host.attachShadow({ mode: "open" });
shadow.innerHTML = film.markup;
const style = document.createElement("style");
style.textContent = film.style;
shadow.prepend(style);
const find = (selector) => shadow.querySelector(selector);
const all = (selector) => [...shadow.querySelectorAll(selector)];
const player = find(".film");

function element(name, attributes = {}, ...inside) {
  const made = document.createElement(name);
  for (const [key, text] of Object.entries(attributes)) made.setAttribute(key, text);
  made.append(...inside);
  return made;
}
function drawn(name, attributes = {}, text = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

const GRID = 64; // points of the plane each way; a tile shows every second one
const TILE = GRID / 2;
const SHADES = 128; // on either side of the middle
let palette = {}; // shades as pixels, by name, and colours as text

const rgb = (text) => [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16));
const pixel = ([red, green, blue]) => (255 << 24) | (Math.round(blue) << 16) | (Math.round(green) << 8) | Math.round(red);
const between = (one, other, share) => one.map((part, at) => part + share * (other[at] - part));

// The colours of the theme, read off the style sheet.
function mix() {
  const look = getComputedStyle(player);
  const colour = (name) => look.getPropertyValue(`--${name}`).trim();
  const [below, middle, above] = ["below", "middle", "above"].map((name) => rgb(colour(name)));
  const ramp = (to) => Array.from({ length: SHADES + 1 }, (_, at) => pixel(between(middle, to, (0.88 * at) / SHADES)));
  const classes = Array.from({ length: 8 }, (_, at) => colour(`class-${at}`));
  palette = {
    below: ramp(below),
    above: ramp(above),
    shares: classes.map((one) => ramp(rgb(one))),
    classes,
    two: [colour("below"), colour("above")],
    text: colour("text"),
    ground: colour("ground"),
    none: pixel(middle),
  };
}
const classColour = (place) => (film.classes.length === 2 ? palette.two : palette.classes)[place % 8];
// The pixel of a number from -1 to 1.
function shade(number) {
  if (Number.isNaN(number)) return palette.none;
  const size = Math.min(SHADES, Math.round(Math.abs(number) * SHADES));
  return number < 0 ? palette.below[size] : palette.above[size];
}
const shareShade = (place, share) =>
  Number.isNaN(share) ? palette.none : palette.shares[place % 8][Math.max(0, Math.min(SHADES, Math.round(share * SHADES)))];

// The marks of the classes: a circle, a square, a triangle, …
const SHAPES = [
  (pen, x, y, r) => pen.arc(x, y, r, 0, 7),
  (pen, x, y, r) => pen.rect(x - 0.9 * r, y - 0.9 * r, 1.8 * r, 1.8 * r),
  (pen, x, y, r) => polygon(pen, x, y, 1.25 * r, 3, -Math.PI / 2),
  (pen, x, y, r) => polygon(pen, x, y, 1.2 * r, 4, 0),
  (pen, x, y, r) => polygon(pen, x, y, 1.25 * r, 3, Math.PI / 2),
  (pen, x, y, r) => polygon(pen, x, y, 1.1 * r, 5, -Math.PI / 2),
  (pen, x, y, r) => polygon(pen, x, y, 1.1 * r, 6, 0),
  (pen, x, y, r) => polygon(pen, x, y, 1.1 * r, 8, 0.4),
];
function polygon(pen, x, y, r, corners, turn) {
  for (let at = 0; at < corners; at++) {
    const angle = turn + (2 * Math.PI * at) / corners;
    pen.lineTo(x + r * Math.cos(angle), y + r * Math.sin(angle));
  }
  pen.closePath();
}
function mark(pen, place, x, y, r, isChosen) {
  pen.beginPath();
  SHAPES[place % 8](pen, x, y, r);
  pen.fillStyle = film.classes ? classColour(place) : palette.two[1];
  pen.fill();
  pen.lineWidth = isChosen ? 3.5 : 1.5;
  pen.strokeStyle = isChosen ? palette.text : palette.ground;
  pen.stroke();
}

// The plane of the inputs: what every tile says at every point of it, by the place of its value.
const isPlane = INPUTS <= 2;
const [[left, right], [low, high] = [0, 1]] = film.box;
const across = Array.from({ length: GRID }, (_, at) => left + ((right - left) * (at + 0.5)) / GRID);
const up = Array.from({ length: INPUTS === 1 ? 1 : GRID }, (_, at) => high - ((high - low) * (at + 0.5)) / GRID);
function overPlane(places) {
  const found = places.map(() => new Float64Array(up.length * GRID));
  const point = [0, 0];
  for (let row = 0, at = 0; row < up.length; row++) {
    point[1] = up[row];
    for (let column = 0; column < GRID; column++, at++) {
      point[0] = across[column];
      compute(point);
      for (let one = 0; one < places.length; one++) found[one][at] = values[places[one]];
    }
  }
  return new Map(places.map((place, one) => [place, found[one]]));
}
