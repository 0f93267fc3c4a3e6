// How many characters a text has of those asked for; blanks in a row count once, as the server counts them.
export function counter(page) {
  for (const shown of page.querySelectorAll("[data-counter]")) {
    const field = page.getElementById(shown.dataset.counter);
    if (!field) continue;
    const count = () => {
      const written = field.value.trim().replace(/\s+/g, " ").length;
      shown.textContent = shown.dataset.words.replace("{n}", written);
      shown.classList.toggle("is-enough", written >= Number(field.dataset.least));
    };
    field.addEventListener("input", count);
    shown.hidden = false;
    count();
  }
}
