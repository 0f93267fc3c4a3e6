// Asks the device for a passkey (WebAuthn 2): to sign in, to prove it again, or to make a new one. Without it, password and code work.
const unpack = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const pack = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const unpackAll = (list) => (list ?? []).map((one) => ({ ...one, id: unpack(one.id) }));

document.querySelectorAll("[data-passkey]").forEach((link) => link.addEventListener("click", (event) => {
  event.preventDefault();
  use(link.getAttribute("href")).catch(() => tell(link));
}));
document.querySelector("[data-passkey-new]")?.addEventListener("submit", (event) => {
  event.preventDefault();
  make(event.target).catch(() => { event.target.querySelector("[data-passkey-fault]").hidden = false; });
});

async function use(address) {
  const { publicKey } = await options(address);
  const asked = { ...publicKey, challenge: unpack(publicKey.challenge), allowCredentials: unpackAll(publicKey.allowCredentials) };
  send(address, await navigator.credentials.get({ publicKey: asked }));
}

async function make(form) {
  const { publicKey } = await options();
  const user = { ...publicKey.user, id: unpack(publicKey.user.id) };
  const excluded = unpackAll(publicKey.excludeCredentials);
  const asked = { ...publicKey, user, challenge: unpack(publicKey.challenge), excludeCredentials: excluded };
  form.elements.credential.value = JSON.stringify(plain(await navigator.credentials.create({ publicKey: asked })));
  form.submit();
}

async function options(address) {
  const inPage = document.getElementById("passkey-options");
  if (inPage) return JSON.parse(inPage.textContent);
  const answer = await fetch(address, { headers: { "X-Requested-With": "XMLHttpRequest", Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()).request_options;
}

function send(address, credential) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = address;
  const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  for (const [name, value] of [["csrfmiddlewaretoken", token], ["credential", JSON.stringify(plain(credential))]]) {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name, value });
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}

// The JSON that the server reads, WebAuthn 3, 5.1.8; written out because not every browser of a hospital has toJSON.
function plain(credential) {
  const answer = credential.response;
  const response = { clientDataJSON: pack(answer.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (answer[name]) response[name] = pack(answer[name]);
  }
  const clientExtensionResults = credential.getClientExtensionResults();
  return { id: credential.id, rawId: pack(credential.rawId), type: credential.type, response, clientExtensionResults };
}

function tell(link) {
  const words = document.getElementById("passkey-fault");
  document.querySelectorAll(".passkey-told").forEach((old) => old.remove());
  const told = document.createElement("div");
  told.className = "passkey-told";
  told.append(words.content.cloneNode(true));
  link.after(told);
}
