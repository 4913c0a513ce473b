// The numbers that a reader changes, and the test that is copied.

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

let edit = null; // the field that is typed in, and all numbers as they were before

// A message stands below its field, above one of the tools; none closes it.
function tell(words, field) {
  const alert = find(".alert");
  alert.hidden = !words;
  alert.textContent = words;
  if (!words) return;
  const [outer, inner] = [player.getBoundingClientRect(), field.getBoundingClientRect()];
  const isBelow = !field.closest(".tools") && inner.bottom + 4 + alert.offsetHeight < innerHeight;
  const top = isBelow ? inner.bottom + 4 : inner.top - 4 - alert.offsetHeight;
  alert.style.left = `${Math.max(8, Math.min(inner.left - outer.left, outer.width - alert.offsetWidth - 8))}px`;
  alert.style.top = `${top - outer.top}px`;
}

// The number that counts, exactly and as it is before the update: that is what is edited.
const numberIn = (field) => (field.matches(".rate") ? now.rate : now.leaves[field.dataset.leaf]);

// All numbers with the one that is written in a field; throws, in words, where it is none.
function withNumberOf(field) {
  const text = field.value.trim().replaceAll("−", "-").replace(/^(\S+),(\d+)$/, "$1.$2");
  const number = Number(text);
  if (!NUMBER.test(text) || !Number.isFinite(number)) {
    throw Error(`“${field.value}” is no number: write one such as 0.5 or -2e-3.`);
  }
  const leaves = [...now.leaves];
  if (!field.matches(".rate")) leaves[field.dataset.leaf] = number;
  else if (number < 0) throw Error("A learning rate is at least 0: a step of less would go uphill.");
  return computed(leaves, field.matches(".rate") ? number : now.rate);
}

// While somebody types, everything follows as long as there is a number; words come when it is said to be done.
function take(field) {
  if (edit?.field !== field) edit = { field, now };
  tell("");
  pause();
  try {
    now = withNumberOf(field);
  } catch {
    return;
  }
  reserve();
  // After the update the numbers are others: what was written stands there at the first step.
  show(phaseOf(frames[at]) === "update" && !field.matches(".rate") ? 0 : at);
}

// Done: the number counts, or the one from before the edit does, and words say why. Whether it counts.
function finish(field) {
  if (edit?.field !== field) return true;
  let words = "";
  try {
    withNumberOf(field);
  } catch (error) {
    words = error.message;
    now = edit.now;
  }
  putBack(field);
  if (words) tell(`${words} ${figure(numberIn(field))} still counts.`, field);
  return !words;
}

// The field shows the number that counts.
function putBack(field) {
  edit = null;
  measure();
  const isActive = shadow.activeElement === field;
  field.value = field.matches(".rate") || isActive ? numberIn(field) : field.value;
  if (isActive) field.select();
}

function giveUp(field) {
  if (edit?.field === field) now = edit.now;
  tell("");
  putBack(field);
}

function trainOn() {
  try {
    now = computed(now.moved, now.rate);
  } catch (error) {
    return tell(`${error.message} Take a smaller learning rate.`, find(".train"));
  }
  rounds += 1;
  begin();
}

function begin() {
  pause();
  at = 0;
  measure();
  find(".rounds").textContent = rounds ? `after ${rounds} update${rounds > 1 ? "s" : ""}` : "";
}

function startOver() {
  now = computed([...film.leaves], film.rate || 0);
  if (find(".rate")) find(".rate").value = film.rate;
  rounds = 0;
  tell("");
  begin();
}

for (const field of [...fields, ...all(".rate")]) {
  field.addEventListener("focus", () => {
    field.value = numberIn(field);
    field.select();
  });
  field.addEventListener("input", () => take(field));
  field.addEventListener("blur", () => {
    finish(field);
    if (!field.matches(".rate")) show(at);
  });
}
if (find(".train")) find(".train").addEventListener("click", trainOn);
if (find(".over")) find(".over").addEventListener("click", startOver);

const NOTHING_TO_COPY = "There is no partial in flight at this step.";

// The clipboard is there on secure pages only: elsewhere a selection is copied, as one did by hand.
async function copy() {
  if (find(".copy").getAttribute("aria-disabled") === "true") return say(NOTHING_TO_COPY);
  const test = testOf(frames[at], now);
  try {
    await navigator.clipboard.writeText(test);
    say("Copied.", test);
  } catch {
    say(copySelected(test) ? "Copied." : "Copy these lines:", test);
  }
}

function copySelected(text) {
  const field = element("textarea", { class: "hidden" });
  field.value = text;
  player.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  find(".copy").focus();
  return copied;
}

function say(words, code) {
  const close = element("button", { type: "button", class: "close" }, "Close");
  close.addEventListener("click", () => {
    say("");
    find(".copy").focus();
  });
  find(".copied").replaceChildren(words, ...(code ? [" ", close, element("pre", { tabindex: "0" }, code)] : []));
}
