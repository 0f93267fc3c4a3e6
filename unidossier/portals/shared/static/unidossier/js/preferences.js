// Theme and density change at once; the choice is sent to be kept. Language needs the server's page.
export function preferences(page) {
  page.querySelector("[data-preferences]")?.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button || button.name === "language") return;
    event.preventDefault();
    page.documentElement.dataset[button.name] = button.value;
    for (const other of button.parentElement.querySelectorAll("button")) {
      other.setAttribute("aria-pressed", String(other === button));
    }
    const body = new FormData(event.target, button);
    fetch(event.target.action, { method: "POST", body, redirect: "manual" });
  });
}
