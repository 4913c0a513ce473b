function (script, id, film) {
  "use strict";
  // The element around the script: a page may hold the same one twice. Some hosts run scripts without saying which.
  const around = script && script.parentElement;
  const host = around && around.matches(".stepgrad-player") ? around : document.getElementById(id);
  if (!host || host.shadowRoot) return;
  host.replaceChildren();
  const shadow = host.attachShadow({ mode: "open" });
  const style = document.createElement("style");
  style.textContent = film.style;
  shadow.innerHTML = film.markup;
  shadow.prepend(style);
  const find = (selector) => shadow.querySelector(selector);
  const player = find(".player");
  const slider = find(".slider");
  const jump = find(".jump input");
  const speed = find(".speed");
  const last = film.frames.length - 1;
  let at = 0;
  let timer = null;

  // The picture, whose boxes and arrows are known by number.
  find(".picture").innerHTML = film.picture;
  const boxes = [];
  const arrows = [];
  for (const box of shadow.querySelectorAll("[data-box]")) boxes[box.dataset.box] = box;
  for (const arrow of shadow.querySelectorAll("[data-arrow]")) arrows[arrow.dataset.arrow] = arrow;

  const lines = film.code.map((text) => {
    const line = document.createElement("li");
    line.textContent = text || " ";
    find(".code").append(line);
    return line;
  });
  const rows = [...shadow.querySelectorAll("[data-parameter]")];

  // Whether a frame touches a box: hands something to it, or from it.
  const touches = (frame, box) => frame.target === box || frame.source === box;

  // What all frames up to this one have changed.
  function state(until) {
    const texts = film.labels.map((_, box) => ({ data: film.data[box], grad: "", exact: {} }));
    const done = new Set();
    for (const frame of film.frames.slice(0, until + 1)) {
      const [field, text, exact] = frame.change;
      texts[frame.target][field] = text;
      texts[frame.target].exact[field] = exact;
      if (frame.phase === "backward") for (const arrow of frame.arrows) done.add(arrow);
    }
    return { texts, done };
  }

  // How high the stage has to be for all of it to be in sight: a small graph needs less than the window has.
  function measure() {
    const height = (element) => (element ? element.offsetHeight : 0);
    const drawn = find(".picture svg");
    const size = drawn && drawn.viewBox.baseVal;
    // As wide as its style or its place allows, whichever is less.
    const wide = drawn && Math.min(parseFloat(drawn.style.width), find(".picture").clientWidth);
    const picture = drawn ? (size.height * wide) / size.width : 0;
    const code = lines.reduce((sum, line) => sum + height(line), 16);
    // What is said grows and shrinks from step to step; most of it fits into 260.
    const beside = Math.max(height(find(".say")), 260) + height(find(".table table")) + code + 40;
    player.style.setProperty("--needs", height(find(".bar")) + Math.max(picture, beside) + 20 + "px");
  }

  // Scroll an element of ours, never the page.
  function reveal(inside, element) {
    if (!inside || !element) return;
    const outer = inside.getBoundingClientRect();
    const inner = element.getBoundingClientRect();
    const margin = 24;
    const sideways = inside.matches(".picture");
    if (sideways && (inner.left < outer.left + margin || inner.right > outer.right - margin)) {
      inside.scrollLeft += inner.left + inner.width / 2 - outer.left - outer.width / 2;
    }
    if (inner.top < outer.top || inner.bottom > outer.bottom) {
      inside.scrollTop += inner.top + inner.height / 2 - outer.top - outer.height / 2;
    }
  }

  function show(number) {
    at = Math.max(0, Math.min(last, Math.round(number)));
    const frame = film.frames[at];
    const { texts, done } = state(at);
    const phase = frame.phase[0].toUpperCase() + frame.phase.slice(1);
    find(".phase").textContent = phase;
    find(".words").textContent = frame.words;
    find(".formula").innerHTML = frame.formula;
    find(".because").textContent = frame.because && "Because " + frame.because + ".";
    find(".copy").setAttribute("aria-disabled", !frame.test);
    find(".copied").replaceChildren();
    find(".coming").textContent = at < last ? "Next: " + film.frames[at + 1].short : "This was the last step.";
    player.dataset.phase = frame.phase;
    slider.value = at + 1;
    slider.setAttribute("aria-valuetext", frame.words);
    jump.value = at + 1;
    for (const [name, ends] of [["first", at === 0], ["back", at === 0], ["on", at === last], ["last", at === last]]) {
      find("." + name).setAttribute("aria-disabled", ends);
    }
    boxes.forEach((box, place) => {
      box.classList.toggle("coming", texts[place].data === "");
      box.classList.toggle("from", frame.source === place);
      box.classList.toggle("to", frame.target === place);
      box.querySelector(".data").textContent = texts[place].data && "data " + texts[place].data;
      box.querySelector(".grad").textContent = texts[place].grad && "grad " + texts[place].grad;
    });
    arrows.forEach((arrow, place) => {
      arrow.classList.toggle("lit", frame.arrows.includes(place));
      arrow.classList.toggle("flight", frame.arrows[frame.arrows.length - 1] === place);
      arrow.classList.toggle("done", done.has(place));
    });
    lines.forEach((line, place) => {
      line.classList.toggle("lit", place === frame.code);
      if (place === frame.code) line.setAttribute("aria-current", "step");
      else line.removeAttribute("aria-current");
    });
    rows.forEach((row, place) => {
      const changed = film.parameters[place].box === frame.target;
      const { data, grad, exact } = texts[film.parameters[place].box];
      row.classList.toggle("lit", changed);
      const now = row.querySelector(".now");
      const gathered = row.querySelector(".grad");
      now.textContent = data;
      gathered.textContent = grad || "not yet";
      gathered.classList.toggle("waiting", !grad);
      now.title = exact.data || film.parameters[place].exact;
      gathered.title = exact.grad || "";
      now.classList.toggle("changed", changed && frame.change[0] === "data");
      gathered.classList.toggle("changed", changed && frame.change[0] === "grad");
    });
    reveal(find(".picture"), boxes[frame.target]);
    reveal(find(".code"), lines[frame.code]);
    reveal(find(".table"), rows.find((row) => row.classList.contains("lit")));
  }

  function pause() {
    clearInterval(timer);
    timer = null;
    find(".play").textContent = "Play";
    find(".play").setAttribute("aria-label", "Play");
  }

  function play() {
    if (timer !== null) return pause();
    if (at === last) show(0);
    timer = setInterval(() => {
      if (!host.isConnected) return pause();
      show(at + 1);
      if (at === last) pause();
    }, Number(speed.value));
    find(".play").textContent = "Pause";
    find(".play").setAttribute("aria-label", "Pause");
  }

  // Whoever goes to a step wants to stay there.
  function go(number) {
    pause();
    show(number);
  }

  // The clipboard is there on secure pages only: elsewhere a selection is copied, as one did by hand.
  async function copy() {
    const { test } = film.frames[at];
    if (!test) return say("There is no partial in flight at this step.");
    try {
      await navigator.clipboard.writeText(test);
      say("Copied: ", test);
    } catch {
      say(copySelected(test) ? "Copied: " : "Copy this line: ", test);
    }
  }

  function copySelected(text) {
    const field = document.createElement("textarea");
    field.className = "hidden";
    field.value = text;
    player.append(field);
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    find(".copy").focus();
    return copied;
  }

  function say(words, code) {
    const line = document.createElement("code");
    line.textContent = code || "";
    find(".copied").replaceChildren(words, line);
  }

  const moves = {
    Home: () => go(0),
    ArrowLeft: () => go(at - 1),
    ArrowRight: () => go(at + 1),
    End: () => go(last),
    " ": play,
  };
  find(".first").addEventListener("click", moves.Home);
  find(".back").addEventListener("click", moves.ArrowLeft);
  find(".on").addEventListener("click", moves.ArrowRight);
  find(".last").addEventListener("click", moves.End);
  find(".play").addEventListener("click", play);
  find(".copy").addEventListener("click", copy);
  slider.addEventListener("input", () => go(Number(slider.value) - 1));
  jump.addEventListener("change", () => go(jump.value === "" ? at : Number(jump.value) - 1));
  speed.addEventListener("change", () => {
    if (timer !== null) {
      pause();
      play();
    }
  });
  rows.forEach((row, place) => {
    row.querySelector(".next").addEventListener("click", () => {
      const box = film.parameters[place].box;
      const order = film.frames.map((_, step) => (at + 1 + step) % film.frames.length);
      const next = order.find((step) => touches(film.frames[step], box));
      if (next !== undefined) go(next);
    });
  });
  boxes.forEach((box, place) => {
    const first = film.frames.findIndex((frame) => touches(frame, place));
    box.setAttribute("tabindex", "0");
    box.setAttribute("role", "button");
    box.setAttribute("aria-label", film.labels[place] + ": go to its first step");
    const visit = () => first >= 0 && go(first);
    box.addEventListener("click", visit);
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      visit();
    });
  });

  // Whether the focus came by a pointer: who clicks on the picture and presses an arrow wants the next step.
  let pointed = false;
  player.addEventListener("pointerdown", () => (pointed = true));
  // A notebook must not take our keys for its own, nor we those of a field that somebody types in.
  player.addEventListener("keydown", (event) => {
    if (event.key === "Tab") pointed = false;
    // What saves, runs a cell or leaves it is the notebook's all the same.
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.key === "Escape") return;
    event.stopPropagation();
    if (!(event.key in moves)) return;
    const used = event.composedPath()[0];
    if (used === jump || used === speed || (event.key === " " && used.tagName === "BUTTON")) return;
    // What was reached by the keyboard and can be scrolled sideways is scrolled.
    if (!pointed && used !== slider && event.key !== " " && used.scrollWidth > used.clientWidth + 1) return;
    event.preventDefault();
    moves[event.key]();
  });
  // On a page of its own the keys work before anything was clicked.
  if (document.body.firstElementChild && document.body.firstElementChild.contains(host) && host.id === "stepgrad-player") {
    document.addEventListener("keydown", (event) => {
      if (event.target !== document.body) return;
      if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      if (!(event.key in moves)) return;
      event.preventDefault();
      moves[event.key]();
    });
  }

  // Dark where the notebook says so, else where the reader's system does.
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  function theme() {
    const { jpThemeLight, vscodeThemeKind } = document.body.dataset;
    let dark = prefersDark.matches;
    if (jpThemeLight) dark = jpThemeLight === "false";
    if (vscodeThemeKind) dark = /dark|high-contrast$/.test(vscodeThemeKind);
    host.dataset.theme = dark ? "dark" : "light";
  }
  theme();
  prefersDark.addEventListener("change", theme);
  new MutationObserver(theme).observe(document.body, { attributes: true });

  show(0);
  measure();
  // Also when it comes in sight, or gets another width.
  new ResizeObserver(measure).observe(player);
}
