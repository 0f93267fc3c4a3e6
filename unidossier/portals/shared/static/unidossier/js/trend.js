// The point under the pointer is said in words beside the caption.
export function trend(page) {
  for (const chart of page.querySelectorAll("[data-trend-chart]")) {
    const words = chart.querySelector("[data-hover]");
    chart.addEventListener("pointerover", (event) => {
      const point = event.target.matches(".trend__hit") ? event.target.nextElementSibling : event.target;
      if (point.matches?.(".trend__point")) words.textContent = point.dataset.text;
    });
    chart.addEventListener("pointerleave", () => { words.textContent = ""; });
  }
}
