// After the idle time the page asks the server again: the session is over there, so it shows the sign-in page.
const GESTURES = ["pointerdown", "keydown", "scroll", "htmx:afterRequest"];

export function idle(page) {
  const seconds = Number(page.body.dataset.idleSeconds);
  if (!seconds) return;
  let last = Date.now();
  for (const gesture of GESTURES) page.addEventListener(gesture, () => { last = Date.now(); }, { passive: true, capture: true });
  setInterval(() => {
    if (Date.now() - last < seconds * 1000) return;
    page.body.hidden = true; // nothing readable while the page is on its way
    location.reload();
  }, 5000);
}
