// Menus are <details>: one open at a time, closed by Escape or by a click elsewhere.
const OPEN = "details.menu[open], details.drop[open]";

export function menus(page) {
  page.addEventListener("click", (event) => {
    for (const menu of page.querySelectorAll(OPEN)) if (!menu.contains(event.target)) menu.open = false;
  });
  page.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && page.querySelector(OPEN);
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
    event.stopImmediatePropagation();
  }, true);
}
