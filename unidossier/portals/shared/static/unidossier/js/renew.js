// Puts the server's newest page in place of what is shown, and keeps what was typed, the place and the focus.
const SCROLLED = ["items", "pane"];

function isChanged(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected);
  return field.type === "file" ? field.files.length > 0 : field.value !== field.defaultValue;
}

function same(fresh, field) {
  const form = [...field.ownerDocument.forms].indexOf(field.form);
  const action = field.form.getAttribute("action");
  const twin = [...fresh.forms].find((one, nth) => nth === form && one.getAttribute("action") === action)
    ?? [...fresh.forms].find((one) => one.getAttribute("action") === action && one.elements[field.name]);
  return [...(twin?.elements ?? [])].find((one) => one.name === field.name && one.type === field.type
    && (!["checkbox", "radio"].includes(field.type) || one.value === field.value));
}

function copy(field, twin) {
  if (field.type === "checkbox" || field.type === "radio") twin.checked = field.checked;
  else if (field.type === "file") twin.files = field.files;
  else if (field.options) for (const option of twin.options) option.selected = [...field.selectedOptions].some((one) => one.value === option.value);
  else twin.value = field.value;
}

function typed(page, fresh) {
  for (const form of page.forms) {
    for (const field of form.elements) {
      if (!field.name || field.type === "hidden" || !("value" in field) || field.type === "submit" || !isChanged(field)) continue;
      const twin = same(fresh, field);
      if (twin) copy(field, twin);
    }
  }
}

function focused(page) {
  const { id, selectionStart, selectionEnd } = page.activeElement ?? {};
  return () => {
    const again = id && page.getElementById(id);
    if (!again) return;
    again.focus({ preventScroll: true });
    if (typeof selectionStart === "number") again.setSelectionRange(selectionStart, selectionEnd);
  };
}

function place(page) {
  const top = scrollY;
  const kept = SCROLLED.map((id) => [id, page.getElementById(id)?.scrollTop ?? 0]);
  return () => {
    scrollTo(0, top);
    for (const [id, at] of kept) page.getElementById(id)?.scrollTo(0, at);
  };
}

// To be asked while the page is still shown: a blank one has neither place nor focus.
export function remember(page) {
  const again = [place(page), focused(page)];
  return () => { for (const restore of again) restore(); };
}

export function renew(page, fresh) {
  const { body } = page;
  typed(page, fresh);
  body.replaceChildren(...fresh.body.childNodes);
  for (const { name } of [...body.attributes]) if (!fresh.body.hasAttribute(name)) body.removeAttribute(name);
  for (const { name, value } of fresh.body.attributes) body.setAttribute(name, value);
  page.title = fresh.title;
  globalThis.htmx?.process(body);
}
