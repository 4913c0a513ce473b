// The numbers that a reader changes, and the test that is copied.

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function tell(field, words) {
  const alert = find(".alert");
  alert.hidden = !words;
  alert.textContent = words;
  fields.concat(find(".rate") || []).forEach((one) => one.removeAttribute("aria-invalid"));
  if (!words) return;
  field.setAttribute("aria-invalid", "true");
  const [outer, inner] = [player.getBoundingClientRect(), field.getBoundingClientRect()];
  alert.style.left = `${Math.max(8, Math.min(inner.left - outer.left, outer.width - alert.offsetWidth - 8))}px`;
  alert.style.top = `${inner.bottom - outer.top + 4}px`;
}

// Takes a number from a field: everything follows, or words beside the field say why it does not.
function take(field) {
  const text = field.value.trim().replaceAll("−", "-").replace(/^(\S+),(\d+)$/, "$1.$2");
  const isRate = field.matches(".rate");
  const number = Number(text);
  if (!NUMBER.test(text) || !Number.isFinite(number)) {
    return tell(field, `“${field.value}” is no number: write one such as 0.5 or -2e-3. The one before still counts.`);
  }
  if (isRate && number < 0) return tell(field, "A learning rate is at least 0: a step of less would go uphill.");
  const leaves = [...now.leaves];
  if (!isRate) leaves[field.dataset.leaf] = number;
  try {
    now = computed(leaves, isRate ? number : now.rate);
  } catch (error) {
    return tell(field, `${error.message} The number before still counts.`);
  }
  tell(field, "");
  pause();
  reserve();
  show(at);
}

// Puts the number that counts back into a field.
function putBack(field) {
  if (field.hasAttribute("aria-invalid")) tell(field, "");
  field.value = field.matches(".rate") ? now.rate : figure(now.leaves[field.dataset.leaf]);
  show(at);
}

function trainOn() {
  try {
    now = computed(now.moved, now.rate);
  } catch (error) {
    return tell(find(".train"), `${error.message} Take a smaller learning rate.`);
  }
  rounds += 1;
  begin();
}

function begin() {
  tell(null, "");
  reserve();
  find(".rounds").textContent = rounds ? `after ${rounds} update${rounds > 1 ? "s" : ""}` : "";
  go(0);
}

function startOver() {
  now = computed([...film.leaves], film.rate || 0);
  if (find(".rate")) find(".rate").value = film.rate;
  rounds = 0;
  begin();
}

for (const field of [...fields, ...all(".rate")]) {
  field.addEventListener("focus", () => {
    if (field.hasAttribute("aria-invalid")) return;
    // Exactly, and as it is before the update: that is what is edited.
    field.value = field.matches(".rate") ? now.rate : now.leaves[field.dataset.leaf];
    field.select();
  });
  field.addEventListener("input", () => take(field));
  field.addEventListener("blur", () => field.hasAttribute("aria-invalid") || putBack(field));
}
if (find(".train")) find(".train").addEventListener("click", trainOn);
if (find(".over")) find(".over").addEventListener("click", startOver);

// The clipboard is there on secure pages only: elsewhere a selection is copied, as one did by hand.
async function copy() {
  if (find(".copy").getAttribute("aria-disabled") === "true") return say("There is no partial in flight at this step.");
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
  find(".copied").replaceChildren(words, ...(code ? [element("pre", { tabindex: "0" }, code)] : []));
}
