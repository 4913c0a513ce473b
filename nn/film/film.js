// The controls, and what is shown at an epoch.

let at = 0; // the epoch
let chosen = 0; // the sample
let timer = null;
let isStepping = false;
let restart = null; // begins the step player with other numbers

// A row for each sample: its target, what the network says, and a bar of how sure it is of class 1 of two, where that
// should end; of more classes, of the right one.
const isOfTwo = film.classes?.length === 2;
const rows = film.samples.map((row, place) => {
  const target = film.classes ? film.classes[film.classOf[place]] : [film.targets[place]].flat().map(written).join(", ");
  const what = row.length <= 3 ? row.map(written).join(", ") : `row ${film.places[place]}`;
  const title = row.length > 8 ? "" : row.join(", ");
  const said = element("span", { class: "said" });
  const made = element("button", { type: "button", class: "row", tabindex: "-1" },
    element("span", { class: "what", title }, `${what} → ${target}`), said);
  const bar = element("i");
  if (film.classes) made.append(element("span", { class: "bar" }, bar));
  if (isOfTwo) bar.after(element("b", { style: film.classOf[place] ? "right: 0" : "left: 0" }));
  made.addEventListener("click", () => choose(place));
  return { made, said, bar };
});
find(".rows").append(...rows.map((row) => row.made));

function show(epoch) {
  at = Math.max(0, Math.min(film.epochs, Math.round(epoch)));
  const parameters = parametersAt(at);
  values.set(parameters, INPUTS);
  const said = predictions();
  const numbers = isPlane ? overPlane([...new Set([...tiles.map((tile) => tile.place), ...film.outputs])]) : new Map();
  compute(film.samples[chosen]);
  const now = values.slice();
  paintTiles(numbers, now);
  placeSpots(film.samples[chosen]);
  showLines(parameters);
  paintBoard(numbers, said);
  showSamples(said);
  showWhere(said);
}

function showSamples(said) {
  said.forEach(({ outputs, shares, says }, place) => {
    const { made, said: text, bar } = rows[place];
    const isChosen = place === chosen;
    made.setAttribute("aria-pressed", isChosen);
    made.tabIndex = isChosen ? 0 : -1;
    if (!film.classes) {
      text.textContent = outputs.map(figure).join(", ");
    } else {
      const isRight = says === film.classOf[place];
      text.textContent = `${isOfTwo ? figure(outputs[0]) : film.classes[says]}${isRight ? "" : " ✗"}`;
      bar.style.width = `${100 * Math.max(0, Math.min(1, shares[isOfTwo ? 1 : film.classOf[place]]))}%`;
      made.classList.toggle("wrong", !isRight);
    }
    text.title = outputs.join(", ");
  });
}

function showWhere(said) {
  const loss = film.losses[0].length ? figure(lossAt(at)) : "–";
  const right = film.classes ? said.filter(({ says }, place) => says === film.classOf[place]).length : 0;
  const rightly = film.classes ? `${right} of ${said.length}` : "";
  if (shadow.activeElement !== find(".epoch")) find(".epoch").value = whole(at);
  find(".loss-now").textContent = loss;
  if (film.classes) find(".right").textContent = rightly;
  const x = placeOf(at) * width;
  cursor.setAttribute("x1", x);
  cursor.setAttribute("x2", x);
  slider.value = Math.round(placeOf(at) * Number(slider.max));
  slider.setAttribute("aria-valuetext", `Epoch ${whole(at)} of ${whole(film.epochs)}: loss ${loss}${rightly && `, ${rightly} right`}${at === film.best ? `, ${film.bestWords}` : ""}`);
  const names = tiles.filter((tile) => tile.depth).map((tile) => tile.caption.textContent).slice(0, 40).join(", ");
  net.setAttribute("aria-label", `The network at epoch ${whole(at)}, on the chosen sample: ${names}`);
  board.setAttribute("aria-label", `${find(".board-words").textContent} at epoch ${whole(at)}${rightly && `: ${rightly} samples are right`}`);
  if (film.canStep) find(".step").textContent = `Step through it at epoch ${whole(at)}`;
}

function choose(place) {
  chosen = Math.max(0, Math.min(film.samples.length - 1, place));
  const hadFocus = shadow.activeElement?.matches(".row");
  show(at);
  const { made } = rows[chosen];
  const [outer, inner] = [find(".rows").getBoundingClientRect(), made.getBoundingClientRect()];
  if (inner.top < outer.top) find(".rows").scrollTop += inner.top - outer.top;
  if (inner.bottom > outer.bottom) find(".rows").scrollTop += inner.bottom - outer.bottom;
  if (hadFocus) made.focus();
}

// Playing --------------------------------------------------------------------------------------------------------------

const wantsLessMotion = matchMedia("(prefers-reduced-motion: reduce)");
const SECONDS = 12;

function pause() {
  if (timer !== null) cancelAnimationFrame(timer);
  timer = null;
  find(".play").textContent = "Play";
}

function play() {
  if (timer !== null) return pause();
  if (at === film.epochs) show(0);
  let [place, before] = [placeOf(at), performance.now()];
  // Whoever wants less motion sees one key frame after another, each for as long as it takes to look.
  const seconds = wantsLessMotion.matches ? 0.7 : 0;
  const advance = (now) => {
    if (!host.isConnected) return pause();
    timer = requestAnimationFrame(advance);
    if ((now - before) / 1000 < seconds) return;
    place = seconds ? placeOf(film.keys[Math.min(lastKey, keyBefore(at) + 1)]) : place + Math.max(0, now - before) / 1000 / SECONDS;
    before = now;
    show(epochAt(place));
    if (at === film.epochs) pause();
  };
  timer = requestAnimationFrame(advance);
  find(".play").textContent = "Pause";
}

// Whoever goes to an epoch wants to stay there.
function go(epoch) {
  pause();
  show(epoch);
}
function goKeys(count) {
  const key = keyBefore(at);
  const isBetween = film.keys[key] !== at;
  go(film.keys[Math.max(0, Math.min(lastKey, key + count + (isBetween && count < 0 ? 1 : 0)))]);
}

const moves = {
  ArrowLeft: (many) => goKeys(many ? -10 : -1),
  ArrowRight: (many) => goKeys(many ? 10 : 1),
  ArrowUp: () => choose(chosen - 1),
  ArrowDown: () => choose(chosen + 1),
  Home: () => go(0),
  End: () => go(film.epochs),
  " ": play,
};
find(".play").addEventListener("click", play);
find(".first").addEventListener("click", moves.Home);
find(".best")?.addEventListener("click", () => go(film.best));
slider.addEventListener("input", () => go(epochAt(slider.value / slider.max)));
for (const box of [find(".even"), find(".log")]) {
  box.addEventListener("change", () => {
    pause();
    drawCurve();
    show(at);
  });
}

function seek(event) {
  const { left: start, width: long } = curve.getBoundingClientRect();
  go(epochAt((event.clientX - start) / long));
}
curve.addEventListener("pointerdown", (event) => {
  curve.setPointerCapture(event.pointerId);
  seek(event);
});
curve.addEventListener("pointermove", (event) => event.buttons && seek(event));
board.addEventListener("click", (event) => choose(nearest(event)));

const field = find(".epoch");
field.addEventListener("focus", () => field.select());
field.addEventListener("input", () => {
  const epoch = Number(field.value.replaceAll(/[\s,.]/g, ""));
  if (field.value.trim() && Number.isInteger(epoch)) go(epoch);
});
field.addEventListener("blur", () => show(at));

// A notebook must not take our keys for its own, nor we those of a field that somebody types in.
player.addEventListener("keydown", (event) => {
  if (isStepping) return;
  const used = event.composedPath()[0];
  if (used === field) {
    const edits = /^[acvxyz]$/i.test(event.key) && !event.altKey;
    if ((event.ctrlKey || event.metaKey || event.altKey) && !edits) return;
    event.stopPropagation();
    if (event.key === "Enter" || event.key === "Escape") field.blur();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.key === "Escape" || (event.shiftKey && !/Arrow/.test(event.key))) return;
  event.stopPropagation();
  if (!(event.key in moves) || (event.key === " " && /BUTTON|INPUT/.test(used.tagName) && used !== slider)) return;
  event.preventDefault();
  moves[event.key](event.shiftKey);
});
// On a page of its own the keys work before anything was clicked.
if (host.id === "stepgrad-film" && document.body.firstElementChild?.contains(host)) {
  document.addEventListener("keydown", (event) => {
    if (event.target !== document.body || isStepping || !(event.key in moves)) return;
    if (event.ctrlKey || event.metaKey || event.altKey || (event.shiftKey && !/Arrow/.test(event.key))) return;
    event.preventDefault();
    moves[event.key](event.shiftKey);
  });
}

// Into the step player ---------------------------------------------------------------------------------------------------

function leavesNow() {
  const parameters = parametersAt(at);
  const target = film.stepTargets[chosen];
  return film.stepLeaves.map(([kind, place]) =>
    kind === "x" ? film.samples[chosen][place] : kind === "y" ? target[place] : kind === "w" ? parameters[place] : place);
}

function enter() {
  pause();
  isStepping = true;
  find(".watching").hidden = true;
  find(".stepping").hidden = false;
  find(".stepping-words").textContent = `Epoch ${whole(at)}, sample ${find(".row[aria-pressed=true] .what").textContent}`;
  restart ||= film.stepPlayer(find(".step-player"));
  restart(leavesNow());
  find(".step-player").shadowRoot.querySelector(".player").focus({ preventScroll: true });
  find(".stepping").scrollIntoView();
}

function leave() {
  isStepping = false;
  find(".stepping").hidden = true;
  find(".watching").hidden = false;
  find(".step").focus();
  show(at);
}
if (film.canStep) {
  find(".step").addEventListener("click", enter);
  find(".leave").addEventListener("click", leave);
  // In a field of the step player Escape takes back what was typed.
  find(".stepping").addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.composedPath()[0].matches("input")) leave();
  });
}

unpack().then(() => {
  followTheme((theme) => {
    host.dataset.theme = theme;
    mix();
    if (frames.length) show(at);
  });
  let before = -1;
  new ResizeObserver(() => {
    if (player.clientWidth === before || isStepping) return;
    before = player.clientWidth;
    arrange();
    drawCurve();
    show(at);
  }).observe(player);
  player.dataset.ready = "";
});
