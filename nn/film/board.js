// The output: the boundary on the plane with the samples on it, a curve, or where the samples come to lie.

const board = find(".board");
const pen = board.getContext("2d");
const SIDE = 340; // in its own pixels; the style sheet says how wide it is shown
let spots = []; // where the samples are
board.width = board.height = 2 * SIDE;

function paintBoard(numbers, said) {
  pen.setTransform(2, 0, 0, 2, 0, 0);
  pen.clearRect(0, 0, SIDE, SIDE);
  if (INPUTS === 2) paintBoundary(numbers);
  else if (INPUTS === 1) paintFunction(numbers);
  else paintScatter();
  spots = film.samples.map((row, place) => spotOf(row, place, said[place]));
  const size = film.samples.length > 40 ? 4.5 : 7;
  const order = film.samples.map((_, place) => place).filter((place) => place !== chosen);
  for (const place of [...order, chosen]) {
    const [x, y] = spots[place];
    mark(pen, film.classes ? film.classOf[place] : 0, x, y, place === chosen ? size + 2 : size, place === chosen);
  }
}

const clamped = (part) => SIDE * Math.max(0.02, Math.min(0.98, part));
function spotOf(row, place, { outputs, shares }) {
  if (INPUTS === 2) return [clamped((row[0] - left) / (right - left)), clamped((high - row[1]) / (high - low))];
  if (INPUTS === 1) return [clamped((row[0] - left) / (right - left)), clamped(heightOf(numberOf(place)))];
  if (!film.classes) return [clamped(1 - heightOf(numberOf(place))), clamped(heightOf(outputs[0]))];
  // A lane for each class; in it, by how sure the network is of that class, the samples beside each other.
  const lanes = film.classes.length;
  const lane = film.classOf[place];
  const aside = 0.15 + 0.7 * (((place * 0.618034) % 1 + 1) % 1);
  return [clamped((lane + aside) / lanes), clamped(0.88 - 0.85 * shares[lanes === 2 ? 1 : lane])];
}
// The target of a sample as a number on the axis of the output.
const numberOf = (place) => (film.classes ? film.classes[film.classOf[place]] : [film.targets[place]].flat()[0]);
const heightOf = (number) => (film.range[1] - number) / (film.range[1] - film.range[0]);

function paintBoundary(numbers) {
  const outputs = film.outputs.map((place) => numbers.get(place));
  const image = new ImageData(GRID, GRID);
  const pixels = new Uint32Array(image.data.buffer);
  const margins = (film.classes || []).map(() => new Float64Array(GRID * GRID));
  const middle = (film.range[0] + film.range[1]) / 2;
  const here = outputs.map(() => 0);
  for (let at = 0; at < GRID * GRID; at++) {
    for (let one = 0; one < here.length; one++) here[one] = outputs[one][at];
    if (!film.classes) {
      pixels[at] = shade((2 * (here[0] - middle)) / (film.range[1] - film.range[0]));
      continue;
    }
    const said = sharesOf(here);
    if (said.length === 2) {
      margins[1][at] = said[1] - said[0];
      pixels[at] = shade(margins[1][at]);
      continue;
    }
    const first = largestOf(said);
    let second = -Infinity;
    said.forEach((share, place) => {
      if (place !== first && share > second) second = share;
    });
    for (let place = 0; place < said.length; place++) margins[place][at] = said[place] - (place === first ? second : said[first]);
    pixels[at] = shareShade(first, said[first]);
  }
  const small = element("canvas", { width: GRID, height: GRID });
  small.getContext("2d").putImageData(image, 0, 0);
  pen.drawImage(small, 0, 0, SIDE, SIDE);
  pen.strokeStyle = palette.text;
  pen.lineWidth = 2;
  pen.beginPath();
  for (const margin of margins.length === 2 ? margins.slice(1) : margins) contour(margin);
  pen.stroke();
}

// Where numbers on the grid change sign: in each square the line between two of its sides (marching squares).
function contour(numbers) {
  const width = SIDE / GRID;
  for (let row = 0; row < GRID - 1; row++) {
    for (let column = 0; column < GRID - 1; column++) {
      const at = row * GRID + column;
      const isAbove = numbers[at] > 0;
      const isCut = numbers[at + 1] > 0 !== isAbove || numbers[at + GRID] > 0 !== isAbove || numbers[at + GRID + 1] > 0 !== isAbove;
      if (!isCut) continue;
      const corners = [[0, 0], [1, 0], [1, 1], [0, 1]].map(([x, y]) =>
        [column + x, row + y, numbers[(row + y) * GRID + column + x]]);
      const cuts = [];
      corners.forEach(([x, y, number], corner) => {
        const [otherX, otherY, other] = corners[(corner + 1) % 4];
        if (number > 0 === other > 0) return;
        const share = number / (number - other);
        cuts.push([(x + share * (otherX - x) + 0.5) * width, (y + share * (otherY - y) + 0.5) * width]);
      });
      for (let cut = 0; cut + 1 < cuts.length; cut += 2) {
        pen.moveTo(...cuts[cut]);
        pen.lineTo(...cuts[cut + 1]);
      }
    }
  }
}

function axis(x1, y1, x2, y2) {
  pen.strokeStyle = palette.text;
  pen.lineWidth = 1;
  pen.setLineDash([4, 4]);
  pen.beginPath();
  pen.moveTo(x1, y1);
  pen.lineTo(x2, y2);
  pen.stroke();
  pen.setLineDash([]);
}

function paintFunction(numbers) {
  const output = numbers.get(film.outputs[0]);
  pen.strokeStyle = palette.two[1];
  pen.lineWidth = 3;
  pen.beginPath();
  across.forEach((_, at) => pen.lineTo((SIDE * (at + 0.5)) / GRID, SIDE * heightOf(output[at])));
  pen.stroke();
}

function paintScatter() {
  if (!film.classes) axis(0, SIDE, SIDE, 0);
  else if (film.classes.length === 2) axis(0, 0.455 * SIDE, SIDE, 0.455 * SIDE);
  pen.fillStyle = palette.text;
  pen.font = "18px sans-serif"; // which a narrow board shows at 13
  pen.textAlign = "center";
  const word = film.classes?.length > 4 ? "" : "class ";
  film.classes?.forEach((label, lane) => pen.fillText(word + label, (SIDE * (lane + 0.5)) / film.classes.length, SIDE - 9));
}

// The sample that is nearest to a point of the board.
function nearest(event) {
  const { left: x, top: y, width, height } = board.getBoundingClientRect();
  const point = [(SIDE * (event.clientX - x)) / width, (SIDE * (event.clientY - y)) / height];
  const away = spots.map((spot) => Math.hypot(spot[0] - point[0], spot[1] - point[1]));
  return away.indexOf(Math.min(...away));
}
