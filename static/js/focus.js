// After a refused form the summary of what is missing takes the focus; after paging, the heading that asks for it.
(() => {
  const focus = (root) => {
    const place = root.matches?.("[data-focus]") ? root : root.querySelector?.("[data-focus]");
    place?.focus();
  };
  document.addEventListener("htmx:afterSettle", (event) => focus(event.detail.elt));
  focus(document);
})();
