// The time left of an emergency access (BTG-3). At its end the page asks the server again: the record is closed there.
const MINUTE_MS = 60_000;

export function glass(page) {
  const shown = page.querySelector("[data-glass-until]");
  if (!shown) return;
  const until = Date.parse(shown.dataset.glassUntil);
  const tell = () => {
    const left = Math.floor((until - Date.now()) / MINUTE_MS);
    if (until <= Date.now()) {
      page.body.hidden = true; // nothing readable while the page is on its way
      location.reload();
      return;
    }
    const time = left >= 60 ? `${Math.floor(left / 60)} h ${String(left % 60).padStart(2, "0")}` : `${left} min`;
    shown.textContent = shown.dataset.words.replace("{left}", time);
  };
  setInterval(tell, 5000);
}
