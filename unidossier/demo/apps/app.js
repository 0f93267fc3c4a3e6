// A small app of SMART App Launch 2.2, as any maker would write it: no library, no cookie, nothing of the product.
const root = document.querySelector("[data-client]");
const { client, base, scopes, query } = root.dataset;
const told = new URLSearchParams(location.search);
const kept = JSON.parse(sessionStorage.getItem(client) ?? "{}");
const say = (text) => { root.querySelector("[data-says]").textContent = text; };
const base64url = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));
const isLocal = (address) => ["localhost", "127.0.0.1"].includes(new URL(address).hostname);

async function ask(iss, launch) {
  // this machine has two names: go on under the one that the server is called by
  if (new URL(iss).origin !== location.origin && isLocal(iss) && isLocal(location.href)) {
    location.replace(new URL(iss).origin + location.pathname + location.search);
    return;
  }
  const server = await (await fetch(`${iss}/.well-known/smart-configuration`)).json();
  const verifier = random();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier)));
  const state = random();
  const back = new URL(`${base}back`, location.href).href;
  sessionStorage.setItem(client, JSON.stringify({ iss, verifier, state, back, token: server.token_endpoint, issuer: server.issuer }));
  const asked = new URLSearchParams({
    response_type: "code", client_id: client, redirect_uri: back, scope: scopes, state, aud: iss,
    code_challenge: base64url(digest), code_challenge_method: "S256",
  });
  if (launch) asked.set("launch", launch);
  location.assign(`${server.authorization_endpoint}?${asked}`);
}

async function arrive() {
  sessionStorage.removeItem(client);
  if (told.get("state") !== kept.state || told.get("iss") !== kept.issuer) return say(root.dataset.wrong);
  if (told.has("error")) return say(root.dataset.refused);
  const form = new URLSearchParams({
    grant_type: "authorization_code", code: told.get("code"), redirect_uri: kept.back, client_id: client, code_verifier: kept.verifier,
  });
  const answer = await fetch(kept.token, { method: "POST", body: form });
  if (!answer.ok) return say(root.dataset.wrong);
  await show(await answer.json());
}

async function show(token) {
  const get = async (address) => {
    const answer = await fetch(`${kept.iss}/${address}`, { headers: { authorization: `Bearer ${token.access_token}` } });
    return answer.ok ? answer.json() : null;
  };
  const patient = await get(`Patient/${token.patient}`);
  const found = await get(`${query}&patient=${token.patient}`);
  const name = patient?.name?.[0];
  say(name ? `${(name.given ?? []).join(" ")} ${name.family}` : root.dataset.nothing);
  const list = root.querySelector("[data-list]");
  for (const { resource } of found?.entry ?? []) list.append(line(resource));
  if (!list.children.length) list.append(item(root.dataset.nothing));
}

function line(resource) {
  const code = resource.code?.text ?? resource.code?.coding?.[0]?.display ?? "";
  const at = (resource.effectiveDateTime ?? resource.recordedDate ?? "").slice(0, 10);
  const value = resource.valueQuantity ? `${resource.valueQuantity.value} ${resource.valueQuantity.unit ?? ""}` : "";
  return item([at, code, value].filter(Boolean).join(" · "));
}

function item(text) {
  const made = document.createElement("li");
  made.textContent = text;
  return made;
}

if (told.has("iss") && told.has("launch")) await ask(told.get("iss"), told.get("launch"));
else if (told.has("state")) await arrive();
else {
  const start = root.querySelector("[data-start]");
  start.hidden = false;
  start.addEventListener("click", () => ask(`${location.origin}/fhir`, ""));
}
