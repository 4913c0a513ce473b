const sigmoid = (x) => (x > -709 ? 1 / (1 + Math.exp(-x)) : Math.exp(x));
const pow = (x, y) => (x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : real("x ** y", { x, y }, Math.pow(x, y)));
const real = (rule, operands, number) => {
  const numbers = Object.values(operands);
  const isNew = Number.isNaN(number) ? !numbers.some(Number.isNaN) : numbers.every(Number.isFinite);
  if (Number.isFinite(number) || !isNew) return number;
  const isTooLarge = !Number.isNaN(number) && !numbers.includes(0);
  throw noAnswer(rule, operands, isTooLarge
    ? "it is too large for a float. Scale the operands down"
    : "there is no such real number. Keep the operands inside the domain of the rule");
};
const noAnswer = (rule, operands, why) => {
  const at = Object.entries(operands).map(([name, number]) => name + " = " + number).join(", ");
  const message = rule + " has no answer at " + at + ": " + why + ".";
  return Object.assign(new Error(message), { name: "DomainError", rule, operands });
};
const numbers = (given, count) => {
  if (given.length !== count) throw new TypeError("backprop takes " + count + " numbers, not " + given.length);
  for (const one of given) {
    if (typeof one === "number") continue;
    throw new TypeError("backprop takes numbers, not the " + typeof one + " " + String(one));
  }
};
const computing = (value, compute, what = value) => {
  try {
    return compute();
  } catch (error) {
    error.value = value;
    error.message = what + ": " + error.message;
    throw error;
  }
};

export function backprop(x1, x2, y_true, w1, w2, b1, w3, w4, b2, w5, w6, b3) {
  numbers(arguments, 12);
  const sum_h1 = w1 * x1 + w2 * x2 + b1;
  const h1 = sigmoid(sum_h1);
  const sum_h2 = w3 * x1 + w4 * x2 + b2;
  const h2 = sigmoid(sum_h2);
  const sum_o1 = w5 * h1 + w6 * h2 + b3;
  const o1 = sigmoid(sum_o1);
  const L = computing("L", () => pow(y_true - o1, 2));

  const d_L_d_o1 = -2 * (y_true - o1);
  const d_L_d_sum_o1 = d_L_d_o1 * o1 * (1 - o1);
  const d_L_d_w5 = d_L_d_sum_o1 * h1;
  const d_L_d_w6 = d_L_d_sum_o1 * h2;
  const d_L_d_b3 = d_L_d_sum_o1;
  const d_L_d_h1 = d_L_d_sum_o1 * w5;
  const d_L_d_h2 = d_L_d_sum_o1 * w6;
  const d_L_d_sum_h1 = d_L_d_h1 * h1 * (1 - h1);
  const d_L_d_w1 = d_L_d_sum_h1 * x1;
  const d_L_d_w2 = d_L_d_sum_h1 * x2;
  const d_L_d_b1 = d_L_d_sum_h1;
  const d_L_d_sum_h2 = d_L_d_h2 * h2 * (1 - h2);
  const d_L_d_w3 = d_L_d_sum_h2 * x1;
  const d_L_d_w4 = d_L_d_sum_h2 * x2;
  const d_L_d_b2 = d_L_d_sum_h2;

  return [L, {
      "w1": d_L_d_w1, "w2": d_L_d_w2, "b1": d_L_d_b1, "w3": d_L_d_w3, "w4": d_L_d_w4,
      "b2": d_L_d_b2, "w5": d_L_d_w5, "w6": d_L_d_w6, "b3": d_L_d_b3
  }];
}
