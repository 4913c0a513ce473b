addEventListener("load", () => {
  // What is wider than its box can be scrolled with the keyboard, too.
  for (const one of document.querySelectorAll("article pre, article .table-wrapper, article .cell_output")) if (one.scrollWidth > one.clientWidth) one.tabIndex = 0;
  // Of two columns beside the text each says what it is.
  for (const [part, name] of [[".sidebar-drawer", "All pages"], [".toc-drawer", "On this page"]]) document.querySelector(part)?.setAttribute("aria-label", name);
});
