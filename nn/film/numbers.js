// What the page is handed, and every number that follows from it.

const film = contents;
const frames = []; // the numbers of the parameters at each key frame
const values = new Float64Array(film.size); // of all values of the network: inputs, parameters, then what is computed
const INPUTS = film.samples[0].length;

const signed = (text) => String(text).replace("-", "−");
// Three digits, as people say them.
function figure(number) {
  if (!Number.isFinite(number) || (Number.isInteger(number) && Math.abs(number) < 1000)) return signed(number);
  if (number !== 0 && (Math.abs(number) < 1e-3 || Math.abs(number) >= 1e6)) return signed(number.toExponential(2));
  return signed(Math.abs(number) >= 1000 ? Math.round(number).toLocaleString("en") : number.toPrecision(3));
}
const whole = (number) => number.toLocaleString("en");
// An input or a target as somebody has written it.
const written = (number) => signed(+number.toPrecision(3));

// The key frames: steps between the least and the largest number of each parameter, as differences (packing.py).
async function unpack() {
  const bytes = new Uint8Array(await inflate(film.steps).arrayBuffer());
  const half = bytes.length / 2;
  for (const _ of film.keys) frames.push(new Float64Array(film.lows.length));
  film.lows.forEach((low, place) => {
    const width = film.highs[place] - low;
    let step = 0;
    film.keys.forEach((_, key) => {
      const at = place * film.keys.length + key;
      step = (step + bytes[at] + 256 * bytes[half + at]) % 65536;
      frames[key][place] = low + (width * step) / 65535;
    });
  });
}

// The last key frame before an epoch, or at it.
function keyBefore(epoch) {
  let [low, high] = [0, film.keys.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (film.keys[middle] <= epoch) low = middle;
    else high = middle - 1;
  }
  return low;
}

// The parameters after so many epochs.
function parametersAt(epoch) {
  const key = keyBefore(epoch);
  if (film.keys[key] === epoch) return frames[key];
  const share = (epoch - film.keys[key]) / (film.keys[key + 1] - film.keys[key]);
  return frames[key].map((before, place) => before + share * (frames[key + 1][place] - before));
}

function lossAt(epoch) {
  const [epochs, losses] = film.losses;
  const at = Math.max(0, epochs.findLastIndex((one) => one <= epoch));
  if (at === epochs.length - 1) return losses[at];
  return losses[at] + ((epoch - epochs[at]) / (epochs[at + 1] - epochs[at])) * (losses[at + 1] - losses[at]);
}

// Computes the network for a row; whether there is an answer.
function compute(row) {
  for (let place = 0; place < INPUTS; place++) values[place] = row[place];
  try {
    film.forward(values);
    return true;
  } catch {
    for (let place = INPUTS + film.lows.length; place < values.length; place++) values[place] = NaN;
    return false;
  }
}

const sigmoid = (x) => 1 / (1 + Math.exp(-x));
// How much the network says for each class, by its outputs.
function sharesOf(outputs) {
  const [first] = outputs;
  switch (film.kind) {
    case "probability": return [1 - first, first];
    case "sign": return [(1 - first) / 2, (1 + first) / 2];
    case "logit": return [sigmoid(-first), sigmoid(first)];
    case "softmax": {
      const largest = Math.max(...outputs);
      const powers = outputs.map((output) => Math.exp(output - largest));
      const sum = powers.reduce((one, other) => one + other);
      return powers.map((power) => power / sum);
    }
    default: return outputs;
  }
}
const largestOf = (numbers) => numbers.reduce((best, number, place) => (number > numbers[best] ? place : best), 0);

// What every sample is given, with the parameters that are in `values`.
function predictions() {
  return film.samples.map((row) => {
    compute(row);
    const outputs = film.outputs.map((place) => values[place]);
    if (!film.classes) return { outputs };
    const shares = sharesOf(outputs);
    return { outputs, shares, says: largestOf(shares) };
  });
}
