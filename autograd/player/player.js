// The controls: buttons, keys, the time line, what is hovered; the theme, printing, and the size of the stage.

function pause() {
  clearInterval(timer);
  timer = null;
  find(".play").textContent = "Play";
}

function play() {
  if (timer !== null) return pause();
  if (at === frames.length - 1) show(0);
  tell("");
  timer = setInterval(() => {
    if (!host.isConnected) return pause();
    show(at + 1);
    if (at === frames.length - 1) pause();
  }, Number(find(".speed").value));
  find(".play").textContent = "Pause";
}

// Whoever goes to a step wants to stay there.
function go(step) {
  pause();
  tell("");
  show(step);
}

function goToNext(box) {
  const order = frames.map((_, step) => (at + 1 + step) % frames.length);
  const next = order.find((step) => frames[step].target === box) ?? order.find((step) => frames[step].source === box)
    ?? order.find((step) => frames[step].reads?.some((way) => film.ways[way - 1].to === box));
  if (next !== undefined) go(next);
}

const moves = {
  Home: () => go(0),
  ArrowLeft: () => go(at - 1),
  ArrowRight: () => go(at + 1),
  End: () => go(frames.length - 1),
  " ": play,
};
find(".first").addEventListener("click", moves.Home);
find(".back").addEventListener("click", moves.ArrowLeft);
find(".on").addEventListener("click", moves.ArrowRight);
find(".last").addEventListener("click", moves.End);
find(".play").addEventListener("click", play);
find(".copy").addEventListener("click", copy);
find(".speed").addEventListener("change", () => {
  if (timer !== null) {
    pause();
    play();
  }
});

function choose(data) {
  const frame = frames[at];
  showsData = data;
  frames = film.frames.filter((one) => showsData || !one.isData);
  const same = frames.indexOf(frame);
  player.classList.toggle("with-data", data);
  measure();
  go(same >= 0 ? same : at);
}
if (find(".data-too")) find(".data-too").addEventListener("change", (event) => choose(event.target.checked));

const time = find(".time");
function seek(event) {
  for (const segment of all(".segment:not([hidden])")) {
    const { left, right, width } = segment.getBoundingClientRect();
    if (event.clientX > right && segment !== all(".segment:not([hidden])").at(-1)) continue;
    const inside = frames.filter((one) => segment.matches(`.${phaseOf(one)}`));
    const place = Math.floor(((event.clientX - left) / width) * inside.length);
    return go(frames.indexOf(inside[Math.max(0, Math.min(inside.length - 1, place))]));
  }
}
time.addEventListener("pointerdown", (event) => {
  time.setPointerCapture(event.pointerId);
  seek(event);
});
time.addEventListener("pointermove", (event) => event.buttons && seek(event));

// A row leads to its value's next step; a heading opens and closes its card where cards are folded.
find(".picture").addEventListener("click", (event) => {
  if (event.target.closest("input")) return;
  const place = event.target.closest("[data-box]");
  const card = picture.cards.indexOf(event.target.closest(".card"));
  if (event.target.closest(".open") && isAny("wide", "tall")) {
    opened.set(card, picture.cards[card].classList.contains("closed"));
    show(at);
  } else if (place) goToNext(Number(place.dataset.box));
});

// So does a line of the listing.
find(".code").addEventListener("click", (event) => {
  const line = lines.indexOf(event.target.closest("li"));
  const steps = frames.flatMap((frame, step) => (line >= 0 && frame.code === line ? [step] : []));
  if (steps.length) go(steps.find((step) => step > at) ?? steps[0]);
});

// What is hovered or focused is lit wherever it stands.
function light(event) {
  const place = event.target.closest?.("[data-box]");
  if (!place && event.type === "focusin") return; // of the code, say, by a click on one of its lines
  for (const one of all(".same")) one.classList.remove("same");
  if (place) for (const one of all(`[data-box="${place.dataset.box}"]`)) one.classList.add("same");
}
shadow.addEventListener("pointerover", light);
shadow.addEventListener("focusin", light);
player.addEventListener("pointerleave", light);

// A heading's button opens and closes its card where cards are folded, else it is as a row's.
const rowButtons = () => (isAny("wide", "tall") ? ".name" : ".name, .open");

// Whether the focus came by a pointer: who clicks on the picture and presses an arrow wants the next step.
player.addEventListener("pointerdown", () => player.classList.add("pointed"));
// A notebook must not take our keys for its own, nor we those of a field that somebody types in.
player.addEventListener("keydown", (event) => {
  if (event.key === "Tab") player.classList.remove("pointed");
  const used = event.composedPath()[0];
  if (used.tagName === "INPUT" && used.type === "text") {
    // A notebook would select, cut and paste its cells.
    const edits = /^[acvxyz]$/i.test(event.key) && !event.altKey;
    if ((event.ctrlKey || event.metaKey || event.altKey) && !edits) return;
    event.stopPropagation();
    if (event.key === "Escape") giveUp(used);
    if (event.key === "Enter" && finish(used)) used.blur();
    return;
  }
  // What saves, runs a cell or leaves it is the notebook's all the same.
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.key === "Escape") return;
  event.stopPropagation();
  if (!(event.key in moves)) return;
  // A row's button is the row: Enter goes to its step, the space plays.
  const isRow = used.matches(rowButtons());
  if (used.tagName === "SELECT" || (event.key === " " && !isRow && /BUTTON|INPUT/.test(used.tagName))) return;
  // What was reached by the keyboard and can be scrolled sideways is scrolled.
  if (!player.classList.contains("pointed") && event.key !== " " && used !== time && used.scrollWidth > used.clientWidth + 1) return;
  event.preventDefault();
  moves[event.key]();
});
player.addEventListener("keyup", (event) => {
  if (event.key === " " && event.composedPath()[0].matches(rowButtons())) event.preventDefault();
});
// On a page of its own the keys work before anything was clicked.
if (host.id === "stepgrad-player" && document.body.firstElementChild?.contains(host)) {
  document.addEventListener("keydown", (event) => {
    if (event.target !== document.body || !(event.key in moves)) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    event.preventDefault();
    moves[event.key]();
  });
}

followTheme((theme) => { host.dataset.theme = theme; });

// Printed: the last picture, and all steps.
function print() {
  const before = at;
  player.classList.remove(...ALL_MODES);
  show(frames.length - 1);
  find(".printed").replaceChildren(...frames.map((frame, place) => element("li", {}, sayStep(frame, place))));
  addEventListener("afterprint", () => {
    find(".printed").replaceChildren();
    measure();
    show(before);
  }, { once: true });
}
addEventListener("beforeprint", print);

frames = film.frames.filter((one) => showsData || !one.isData);
player.classList.toggle("with-data", showsData);
measure();
// Also when it comes in sight, or gets another width.
let size = "";
new ResizeObserver(() => {
  const next = `${player.clientWidth} ${find(".picture").clientHeight}`;
  if (next !== size) {
    size = next;
    measure();
  }
}).observe(player);
