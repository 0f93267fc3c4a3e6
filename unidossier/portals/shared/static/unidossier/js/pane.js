// After a row was opened: mark it, bring the pane's heading to the reader, on a narrow screen go to its top.
function chosen(page) {
  const item = page.querySelector("#pane [data-chosen]");
  for (const row of page.querySelectorAll("#items .item__link")) {
    const isChosen = item !== null && row.getAttribute("href") === item.dataset.chosen;
    row.toggleAttribute("aria-current", isChosen);
    if (isChosen) row.setAttribute("aria-current", "true");
  }
  const heading = item?.querySelector("[data-focus]");
  if (!heading) return;
  page.getElementById("status").textContent = heading.textContent;
  const list = page.getElementById("items");
  if (list.offsetParent === null) {
    scrollTo(0, 0);
    heading.focus({ preventScroll: true });
  } else page.getElementById("pane").scrollTop = 0;
}

function unreadable(page, target) {
  page.getElementById("status").textContent = "";
  if (target?.id !== "pane" && target?.id !== "items") return;
  location.reload(); // the server's own page says what happened, in the reader's language
}

export function pane(page) {
  page.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "pane") chosen(page);
  });
  page.addEventListener("htmx:responseError", (event) => unreadable(page, event.detail.target));
}
