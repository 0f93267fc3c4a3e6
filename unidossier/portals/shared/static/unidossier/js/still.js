// Rights may change while a page is open (ACD-7). The page listens, as long as it is seen, for a change of what it stands
// on; then nothing of it is readable until the server has given it anew. Each token it carries begins with a mark: the
// same mark, the same to listen for.
import { isNewTicket, tell, ticket } from "./news.js";
import { remember, renew } from "./renew.js";

const ADDRESS = "/still";
const MARK = 12;
const AGAIN_MS = 3000;
const SILENT_MS = 15000;
const SENDING_MS = 8000;
const tokens = new Map();
let line = null; // of the open connection
let heard = 0;
let sent = 0; // when a form of the whole page left: its answer is the next page
let isUnsure = false;
let listeners = [];

function carry(token) {
  if (!token) return false;
  const isNew = !tokens.has(token.slice(0, MARK));
  tokens.set(token.slice(0, MARK), token);
  return isNew;
}

function say(page) {
  const isSilent = Date.now() - heard > SILENT_MS;
  page.body.toggleAttribute("data-unsure", tokens.size > 0 && (isUnsure || isSilent));
}

function close() {
  line?.abort();
  line = null;
}

function wait(milliseconds) {
  return new Promise((done) => { setTimeout(done, milliseconds); });
}

async function take(page, body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    heard = Date.now();
    const messages = (text + value).split("\n\n");
    text = messages.pop();
    for (const message of messages) {
      const event = /^event: (\w+)/.exec(message)?.[1];
      if (event === "changed") { check(page); return; }
      if (event === "news") tell(page);
      else if (event) isUnsure = event === "unsure";
    }
    say(page);
  }
}

async function listen(page) {
  close();
  if (page.hidden || page.body.hidden || !tokens.size) return;
  const mine = new AbortController();
  line = mine;
  try {
    const answer = await fetch(ADDRESS, { method: "POST", body: [...tokens.values(), ...ticket(page)].join("\n"), credentials: "omit", cache: "no-store", signal: mine.signal });
    if (answer.ok) await take(page, answer.body);
  } catch { /* the line is gone: another one is opened below */ }
  await wait(AGAIN_MS);
  if (line === mine) listen(page);
}

// A part that is on its way comes first: it may give the page another address.
async function settled(page) {
  while (page.querySelector(".htmx-request, .htmx-swapping, .htmx-settling")) await wait(50);
}

// The same address, asked for anew: null when the server shows something else there, or nothing.
async function asked(page) {
  for (;;) {
    try {
      await settled(page);
      const here = location.href;
      const answer = await fetch(here, { cache: "no-store", headers: { Accept: "text/html" } });
      if (answer.ok && !answer.redirected) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        await settled(page);
        if (location.href === here) return fresh;
        continue; // a row was opened meanwhile: the page has another address now
      }
      if (answer.status !== 502 && answer.status !== 503) return null;
    } catch { /* no connection: what was typed is not lost, and nothing is shown */ }
    await wait(AGAIN_MS);
  }
}

async function check(page) {
  close();
  if (page.body.hasAttribute("data-blank")) return;
  const restore = remember(page);
  page.body.toggleAttribute("data-blank", true);
  page.title = "Unidossier";
  while (Date.now() - sent < SENDING_MS) await wait(250); // what changed may be this form's own doing: its answer comes first
  const fresh = await asked(page);
  if (!fresh?.body.dataset.still) {
    location.replace(location.pathname + location.search); // the server's own page, in place of this one
    return;
  }
  tokens.clear();
  carry(fresh.body.dataset.still);
  renew(page, fresh);
  for (const start of listeners) start(page);
  restore();
  begin(page);
}

function begin(page) {
  heard = Date.now();
  isUnsure = false;
  listen(page);
}

export function still(page, startAnew) {
  listeners = startAnew;
  carry(page.body.dataset.still);
  begin(page);
  page.addEventListener("visibilitychange", () => (page.hidden ? close() : begin(page)));
  page.addEventListener("htmx:afterRequest", (event) => {
    if (carry(event.detail.xhr.getResponseHeader("Unidossier-Still"))) listen(page);
  });
  page.addEventListener("htmx:afterSettle", () => { if (isNewTicket(page)) listen(page); });
  page.addEventListener("submit", (event) => { if (!event.defaultPrevented) sent = Date.now(); });
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => { sent = 0; if (event.persisted && tokens.size) check(page); });
  setInterval(() => {
    if (page.hidden) return;
    say(page);
    if (line && Date.now() - heard > SILENT_MS) listen(page); // a line that died without a word, or a machine that slept
  }, 1000);
}
