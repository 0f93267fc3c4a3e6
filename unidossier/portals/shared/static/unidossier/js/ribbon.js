// Drag over the ribbon to choose a period; a click on one year is a link. Either keeps the filters of the address bar:
// they may have changed since the ribbon was drawn.
function yearAt(strip, clientX) {
  const box = strip.getBoundingClientRect();
  const { first, last } = strip.closest("[data-ribbon]").dataset;
  const share = Math.min(0.9999, Math.max(0, (clientX - box.left) / box.width));
  return Number(first) + Math.floor(share * (Number(last) - Number(first) + 1));
}

function brush(strip, from, to) {
  const mark = strip.querySelector("[data-brush]");
  const left = strip.getBoundingClientRect().left;
  mark.setAttribute("x", Math.min(from, to) - left);
  mark.setAttribute("width", Math.abs(to - from));
}

function listOf(from, to) {
  const address = new URL(location.href);
  for (const name of ["from", "to", "after", "item", "version"]) address.searchParams.delete(name);
  if (from) address.searchParams.set("from", from);
  if (to) address.searchParams.set("to", to);
  return address.pathname + address.search;
}

function choose(strip, from, to) {
  const years = [yearAt(strip, from), yearAt(strip, to)].sort((a, b) => a - b);
  location.assign(listOf(String(years[0]), String(years[1])));
}

function follow(event) {
  const link = event.target.closest("[data-year]");
  if (!link) return;
  const period = new URL(link.getAttribute("href"), location.href).searchParams;
  link.setAttribute("href", listOf(period.get("from"), period.get("to")));
}

function listen(strip) {
  let start = null;
  strip.addEventListener("dragstart", (event) => event.preventDefault());
  strip.addEventListener("pointerdown", (event) => { start = event.clientX; });
  strip.addEventListener("pointermove", (event) => {
    if (start === null || Math.abs(event.clientX - start) < 6) return;
    if (!strip.hasPointerCapture(event.pointerId)) strip.setPointerCapture(event.pointerId);
    brush(strip, start, event.clientX);
  });
  strip.addEventListener("pointerup", (event) => {
    const dragged = start !== null && strip.hasPointerCapture(event.pointerId);
    if (dragged) choose(strip, start, event.clientX);
    start = null;
  });
  strip.addEventListener("pointercancel", () => { start = null; brush(strip, 0, 0); });
}

export function ribbon(page) {
  for (const strip of page.querySelectorAll(".ribbon__svg")) listen(strip);
  for (const drawn of page.querySelectorAll("[data-ribbon]")) {
    // the address of a link is read after these: by a click, by the menu of the other button, by the keyboard
    for (const kind of ["pointerdown", "click"]) drawn.addEventListener(kind, follow, true);
  }
}
