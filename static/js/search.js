// Suggestions below the field of search: arrow keys walk them, Escape closes them. Without this script Enter opens the page.
(() => {
  const field = () => document.getElementById("nav-q");
  const links = () => [...document.querySelectorAll("#suggestions a")];
  const close = () => document.getElementById("suggestions")?.replaceChildren();
  document.addEventListener("keydown", (event) => {
    if (!event.target.closest?.(".nav-find") || event.isComposing) return;
    const every = links();
    if (event.key === "Escape" && every.length) {
      event.preventDefault();
      close();
      field().focus();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !every.length) return;
    event.preventDefault();
    const next = every.indexOf(document.activeElement) + step; // the field itself stands before the first
    (next < 0 ? field() : every[Math.min(next, every.length - 1)]).focus();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.(".nav-find")) close();
  });
  document.addEventListener("focusin", (event) => {
    if (!event.target.closest?.(".nav-find")) close();
  });
})();
