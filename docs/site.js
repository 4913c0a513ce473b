// Code that is wider than its box can be scrolled with the keyboard, too.
addEventListener("load", () => {
  for (const one of document.querySelectorAll("article pre")) if (one.scrollWidth > one.clientWidth) one.tabIndex = 0;
});
