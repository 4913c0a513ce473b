// Light or dark, as the page around says it; where it says nothing, as the reader's system does.
const prefersDark = matchMedia("(prefers-color-scheme: dark)");

function isDark() {
  const { jpThemeLight, vscodeThemeKind, theme, mdColorScheme } = document.body.dataset;
  if (jpThemeLight) return jpThemeLight === "false"; // JupyterLab
  if (vscodeThemeKind) return /dark|high-contrast$/.test(vscodeThemeKind); // VS Code
  const page = document.documentElement.dataset;
  const said = theme || mdColorScheme || page.theme || page.bsTheme || ""; // furo, Material, and what builds on Bootstrap
  if (/^(dark|slate)/.test(said)) return true;
  if (/^(light|default)/.test(said)) return false;
  return prefersDark.matches;
}

// Calls the function with "dark" or "light", now and whenever that changes.
function followTheme(tell) {
  let before;
  const look = () => {
    const theme = isDark() ? "dark" : "light";
    if (theme !== before) tell(before = theme);
  };
  look();
  prefersDark.addEventListener("change", look);
  for (const one of [document.body, document.documentElement]) new MutationObserver(look).observe(one, { attributes: true });
}
