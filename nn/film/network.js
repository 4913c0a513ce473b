// The network: a tile for each neuron, in columns, and a line for each weight.

const net = find(".net");
const largest = Math.max(...film.lines.map(([, , , at]) => Math.max(Math.abs(film.lows[at]), Math.abs(film.highs[at]))), 1e-9);
const isNumbered = film.lines.length <= 24;
const tiles = film.columns.flatMap((column, depth) => column.tiles.map((tile, row) => {
  const canvas = element("canvas", { width: TILE, height: INPUTS === 1 ? 1 : TILE });
  const fill = element("i");
  const spot = element("b");
  const box = element("div", { class: "tile" }, ...(isPlane ? [canvas, spot] : [fill]));
  const caption = element("span", { class: "caption" });
  net.append(box, caption);
  return { ...tile, depth, row, box, caption, canvas, fill, spot, pen: canvas.getContext("2d") };
}));
const tileAt = (depth, row) => tiles.find((tile) => tile.depth === depth && tile.row === row);
const lines = film.lines.map(([column, from, to, parameter]) => (
  { column, from, to, parameter, path: drawn("path", { class: "line" }), number: drawn("text") }));
find(".lines").append(...lines.map((line) => line.path), ...(isNumbered ? lines.map((line) => line.number) : []));
const headings = film.columns.map((column) => {
  const heading = element("div", { class: "heading" }, ...column.heading.map((text) => element("div", {}, text)));
  net.append(heading);
  return heading;
});

// Where everything stands, for the width there is: every column fills the height as well as it can, with tiles that are
// neither too large nor so small that nothing is seen of them, and with captions where these can be read.
function arrange() {
  const width = net.clientWidth;
  const columns = film.columns.length;
  const head = 19 * Math.max(...film.columns.map((column) => column.heading.length)) + 8;
  const counts = film.columns.map((column) => column.tiles.length);
  const widest = Math.max(16, Math.min(72, width / columns - 34));
  const room = Math.max(300, Math.min(440, 0.5 * innerHeight), 19 * Math.max(...counts));
  const height = Math.min(room, Math.max(160, Math.max(...counts) * (widest + 46)));
  const isCaptioned = counts.map((count) => height / count >= 56);
  const below = (depth) => (isCaptioned[depth] ? 22 : 0);
  const sizes = counts.map((count, depth) => Math.min(widest, height / count - below(depth) - 5));
  const pitches = counts.map((count, depth) => Math.min(height / count, sizes[depth] + below(depth) + 24));
  // Beside the first and the last column there is room, where there is none below the tiles.
  const isBeside = counts.map((count, depth) =>
    !isCaptioned[depth] && (depth === 0 || depth === columns - 1) && height / count >= 17 && width / columns >= 160);
  const margin = isBeside.includes(true) ? 110 : Math.max(widest / 2 + 4, Math.min(64, width / (2 * columns)));
  const x = (depth) => margin + (columns > 1 ? (depth * (width - 2 * margin)) / (columns - 1) : 0);
  net.style.height = `${head + height}px`;
  for (const tile of tiles) {
    const { depth, row } = tile;
    const size = sizes[depth];
    tile.size = size;
    [tile.x, tile.y] = [x(depth), head + height / 2 + (row - (counts[depth] - 1) / 2) * pitches[depth] - below(depth) / 2];
    const place = { left: `${tile.x - size / 2}px`, top: `${tile.y - size / 2}px`, width: `${size}px`, height: `${size}px` };
    Object.assign(tile.box.style, place);
    tile.box.classList.toggle("small", size < 32);
    const beside = isBeside[depth] && (depth ? "after" : "before");
    const aside = beside === "after" ? tile.x + size / 2 + 5 : tile.x - size / 2 - 5;
    const under = { left: `${tile.x}px`, top: `${tile.y + size / 2 + 1}px` };
    Object.assign(tile.caption.style, beside ? { left: `${aside}px`, top: `${tile.y}px` } : under);
    tile.caption.className = `caption ${beside || ""}`;
    tile.caption.hidden = !beside && (!isCaptioned[depth] || width / columns < 80);
  }
  headings.forEach((heading, depth) => {
    Object.assign(heading.style, { left: `${x(depth)}px`, width: `${Math.min(width / columns, 2 * x(0) + 24, columns > 1 ? x(1) - x(0) : width)}px` });
  });
  find(".lines").setAttribute("viewBox", `0 0 ${width} ${head + height}`);
  const showsNumbers = isNumbered && width >= 150 * columns;
  for (const line of lines) {
    const [from, to] = [tileAt(line.column, line.from), tileAt(line.column + 1, line.to)];
    const [x1, y1, x2, y2] = [from.x + from.size / 2, from.y, to.x - to.size / 2, to.y];
    const middle = (x1 + x2) / 2;
    line.path.setAttribute("d", `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`);
    // Two thirds on, lines that come together still lie apart.
    const [at, rest] = [0.66, 0.34];
    const start = rest ** 3 + 3 * rest ** 2 * at;
    line.number.setAttribute("x", rest ** 3 * x1 + 3 * rest * at * middle + at ** 3 * x2);
    line.number.setAttribute("y", start * y1 + (1 - start) * y2 - 3);
    line.number.style.display = showsNumbers && start * pitches[line.column] >= 16 ? "" : "none";
  }
}

// From -1 to 1: how far a number is from the middle of what its activation can be; of one without bounds, as a part of
// the largest of its layer.
function level(tile, number, largestOfLayer) {
  if (tile.low !== undefined) return (2 * (number - tile.low)) / (tile.high - tile.low || 1) - 1;
  return number / (largestOfLayer || 1);
}
const isShare = (tile) => film.classes && film.outputs.length > 1 && tile.output !== undefined;

function paintTiles(numbers, now) {
  const largestOf = film.columns.map(() => 0);
  for (const tile of tiles) {
    for (const number of isPlane ? numbers.get(tile.place) : [now[tile.place]]) {
      if (Math.abs(number) > largestOf[tile.depth]) largestOf[tile.depth] = Math.abs(number);
    }
  }
  for (const tile of tiles) {
    const number = now[tile.place];
    const share = isShare(tile) ? sharesOf(film.outputs.map((place) => now[place]))[tile.output] : undefined;
    const said = share === undefined ? `${tile.name} ${figure(number)}`
      : `class ${film.classes[tile.output]}: ${Math.round(100 * share)} %`;
    tile.caption.textContent = said;
    tile.box.title = `${tile.name} = ${number}`;
    if (isPlane) {
      paintPlane(tile, numbers, largestOf[tile.depth]);
      continue;
    }
    const part = share === undefined ? level(tile, number, largestOf[tile.depth]) : 2 * share - 1;
    const isSigned = share === undefined && !tile.isPositive;
    const [bottom, size] = isSigned ? [part < 0 ? 50 + 50 * part : 50, 50 * Math.abs(part)] : [0, 50 + 50 * part];
    Object.assign(tile.fill.style, { bottom: `${bottom}%`, height: `${size}%` });
    tile.fill.className = isSigned && part < 0 ? "below" : "";
  }
}

function paintPlane(tile, numbers, largestOfLayer) {
  const picture = tile.pen.createImageData(tile.canvas.width, tile.canvas.height);
  const pixels = new Uint32Array(picture.data.buffer);
  const own = numbers.get(tile.place);
  const others = isShare(tile) ? film.outputs.map((place) => numbers.get(place)) : [];
  for (let at = 0, row = 0; row < tile.canvas.height; row++) {
    for (let column = 0; column < TILE; column++, at++) {
      const point = 2 * row * GRID + 2 * column;
      pixels[at] = others.length
        ? shareShade(tile.output, sharesOf(others.map((some) => some[point]))[tile.output])
        : shade(level(tile, own[point], largestOfLayer));
    }
  }
  tile.pen.putImageData(picture, 0, 0);
}

// Where the chosen sample is on every tile.
function placeSpots(row) {
  if (!isPlane) return;
  for (const { spot } of tiles) {
    spot.style.left = `${(100 * (row[0] - left)) / (right - left)}%`;
    spot.style.top = INPUTS === 1 ? "50%" : `${(100 * (high - row[1])) / (high - low)}%`;
  }
}

function showLines(parameters) {
  const widest = lines.length > 60 ? 3 : 6.5;
  for (const { path, number, parameter } of lines) {
    const weight = parameters[parameter];
    const part = Math.abs(weight) / largest;
    path.setAttribute("class", weight < 0 ? "line below" : "line");
    path.setAttribute("stroke-width", (0.6 + widest * part).toFixed(2));
    if (lines.length > 60) path.setAttribute("opacity", (0.15 + 0.85 * Math.min(1, 1.5 * part)).toFixed(2));
    if (isNumbered) number.textContent = signed(weight.toFixed(1).replace("-0.0", "0.0"));
  }
}
