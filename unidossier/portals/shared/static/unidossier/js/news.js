// A list that follows what happens (MY-15): it carries a ticket, the line of still.js says that there is news, and the list is
// asked for anew. What was open stays open.
const CALM_MS = 2000; // between two askings, however much happens
let sent = ""; // the ticket that the line carries
let last = 0;

const list = (page) => page.querySelector("[data-news]");

export function ticket(page) {
  sent = list(page)?.dataset.news ?? "";
  return sent ? [sent] : [];
}

export function isNewTicket(page) {
  return (list(page)?.dataset.news ?? "") !== sent;
}

export function tell(page) {
  const wait = Math.max(0, last + CALM_MS - Date.now());
  last = Date.now() + wait;
  setTimeout(() => {
    const target = list(page);
    if (!target || page.body.hasAttribute("data-blank")) return;
    // looked at just before the old list goes: it may have been opened while the new one was on its way
    page.addEventListener("htmx:beforeSwap", () => {
      const open = [...target.querySelectorAll("details[open]")].map((one) => one.id);
      const focused = target.contains(page.activeElement) ? page.activeElement.id : "";
      page.addEventListener("htmx:afterSwap", () => {
        for (const id of open) page.getElementById(id)?.setAttribute("open", "");
        if (focused) page.getElementById(focused)?.focus({ preventScroll: true });
        const told = list(page)?.querySelector(".visit--new .visit__text");
        if (told) page.getElementById("status").textContent = told.textContent;
      }, { once: true });
    }, { once: true });
    globalThis.htmx.trigger(target, "news");
  }, wait);
}
