// The time line: the loss over the epochs. At even pace an epoch's place is that between its key frames, which stand
// close where much changes.

const curve = find(".curve");
const slider = find(".slider");
const cursor = drawn("line", { class: "cursor" });
const HEIGHT = 130;
const TICKS = 22; // below the curve
const lastKey = film.keys.length - 1;
const isEven = () => find(".even").checked;

function placeOf(epoch) {
  if (!lastKey) return 0;
  if (!isEven()) return epoch / film.epochs;
  const key = Math.min(keyBefore(epoch), lastKey - 1);
  return (key + (epoch - film.keys[key]) / (film.keys[key + 1] - film.keys[key])) / lastKey;
}
function epochAt(place) {
  const inside = Math.max(0, Math.min(1, place));
  if (!isEven() || !lastKey) return Math.round(inside * film.epochs);
  const key = Math.min(lastKey - 1, Math.floor(inside * lastKey));
  return Math.round(film.keys[key] + (inside * lastKey - key) * (film.keys[key + 1] - film.keys[key]));
}

let width = 0;
function drawCurve() {
  width = curve.clientWidth;
  const [epochs, losses] = film.losses;
  const scaled = (loss) => (find(".log").checked ? Math.log10(loss) : loss);
  const [top, bottom] = [Math.max(...losses), Math.min(...losses)];
  const least = find(".log").checked ? scaled(bottom) : Math.min(0, bottom);
  const lowest = find(".log").checked ? bottom : least;
  if (losses.length) find(".curve-words").textContent = `Loss, from ${figure(lowest)} up to ${figure(top)}: drag along the curve`;
  const y = (loss) => 8 + (HEIGHT - 16) * (1 - (scaled(loss) - least) / (scaled(top) - least || 1));
  const points = epochs.map((epoch, at) => `${(placeOf(epoch) * width).toFixed(1)} ${y(losses[at]).toFixed(1)}`);
  curve.setAttribute("viewBox", `0 0 ${width} ${HEIGHT + TICKS}`);
  curve.replaceChildren(
    drawn("rect", { class: "ground", width, height: HEIGHT, rx: 8 }),
    ...ticks(),
    drawn("path", { class: "loss", d: `M${points.join("L")}` }),
    ...bestMark(),
    cursor,
  );
  cursor.setAttribute("y2", HEIGHT);
}

// The epoch with the least validation loss: a line of dashes, and a word beside it.
function bestMark() {
  if (film.best === null) return [];
  const x = placeOf(film.best) * width;
  const [aside, anchor] = x > width / 2 ? [-5, "end"] : [5, "start"];
  return [
    drawn("line", { class: "best-line", x1: x, x2: x, y1: 0, y2: HEIGHT }),
    drawn("text", { x: x + aside, y: HEIGHT - 8, "text-anchor": anchor }, "best"),
  ];
}

// Epochs below the curve, round numbers, as far as they do not run into each other.
function ticks() {
  const unit = 10 ** Math.floor(Math.log10(Math.max(film.epochs, 1)));
  const step = [0.1, 0.2, 0.5, 1].map((part) => part * unit).find((one) => one >= 1 && film.epochs / one <= 20) || 1;
  const found = [];
  const taken = [];
  const inside = Array.from({ length: Math.ceil(film.epochs / step) }, (_, count) => Math.round(count * step));
  for (const epoch of [0, film.epochs, ...inside]) {
    const x = placeOf(epoch) * width;
    const half = 4.2 * whole(epoch).length;
    const at = Math.max(half, Math.min(width - half, x));
    if (taken.some(([other, itsHalf]) => Math.abs(other - at) < half + itsHalf + 12)) continue;
    taken.push([at, half]);
    found.push(drawn("line", { class: "tick", x1: x, x2: x, y1: HEIGHT - 5, y2: HEIGHT }));
    found.push(drawn("text", { x: at, y: HEIGHT + 17, "text-anchor": "middle" }, whole(epoch)));
  }
  return found;
}
