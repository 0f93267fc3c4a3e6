// "/" searches, arrows or j k move, Enter opens (a link does that by itself), t shows the trend, Esc returns.
const TYPING = "input, textarea, select, [contenteditable]";

function rows(page) {
  return [...page.querySelectorAll("[data-list] > li > a")].filter((row) => row.offsetParent !== null);
}

function current(page, list) {
  const focused = list.indexOf(page.activeElement);
  return focused >= 0 ? focused : list.findIndex((row) => row.hasAttribute("aria-current"));
}

function move(page, step) {
  const list = rows(page);
  if (!list.length) return;
  const next = Math.min(list.length - 1, Math.max(0, current(page, list) + step));
  list[next].focus({ preventScroll: true });
  list[next].scrollIntoView({ block: "nearest" });
}

function back(page) {
  const list = rows(page);
  const chosen = list.find((row) => row.hasAttribute("aria-current"));
  const way = page.querySelector(".doc__back, [data-back]");
  if (chosen && page.activeElement !== chosen) chosen.focus();
  else if (way) way.click();
}

const KEYS = {
  "/": (page) => (page.getElementById("search") ?? page.getElementById("find"))?.focus(),
  j: (page) => move(page, 1),
  k: (page) => move(page, -1),
  ArrowDown: (page) => move(page, 1),
  ArrowUp: (page) => move(page, -1),
  t: (page) => page.activeElement?.dataset.trend && location.assign(page.activeElement.dataset.trend),
  Escape: back,
};

export function keyboard(page) {
  page.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.matches(TYPING)) {
      if (event.key === "ArrowDown" && event.target.type === "search") move(page, 1);
      else if (event.key === "Escape") event.target.blur();
      return;
    }
    const isArrow = event.key.startsWith("Arrow");
    if (isArrow && !page.activeElement?.closest("[data-list]")) return; // arrows scroll until one is in the list
    const act = KEYS[event.key];
    if (!act) return;
    if (event.key !== "Escape") event.preventDefault();
    act(page);
  });
}
