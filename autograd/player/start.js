// What a page runs first: it inflates the function that fills the element around this script, and calls it with that,
// and with what inflates more.
(name, id, deflated) => {
  const script = document.currentScript;
  const around = script?.parentElement;
  const host = around?.matches(`.${name}`) ? around : document.getElementById(id); // a page may hold the same one twice
  if (!host || host.shadowRoot) return;
  const inflate = (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    return new Response(new Response(bytes).body.pipeThrough(new DecompressionStream("deflate")));
  };
  const inflated = inflate(deflated).text();
  host.style.visibility = "hidden"; // what is there without scripts would flash up
  inflated.then((fill) => {
    // A page that lets this script run lets another one run; it need not permit eval, too.
    const inner = document.createElement("script");
    inner.nonce = script?.nonce || "";
    inner.textContent = `document.currentScript.fill = ${fill}`;
    document.head.append(inner);
    inner.remove();
    if (!host.shadowRoot) inner.fill(host, inflate);
  }).finally(() => {
    host.style.visibility = "";
  });
}
