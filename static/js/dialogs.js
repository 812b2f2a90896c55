// Dialogs: [data-dialog="id"] opens one, [data-close] closes it, [data-open] opens by itself when it arrives.
(() => {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.("[data-dialog]");
    const dialog = opener && document.getElementById(opener.dataset.dialog);
    if (dialog) {
      event.preventDefault(); // without this script the opener is a link to the same form as a page
      dialog.showModal();
      dialog.addEventListener("close", () => opener.focus(), { once: true });
    }
    if (event.target.closest?.("[data-close]")) event.target.closest("dialog")?.close();
    document.querySelectorAll("details.me-menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    event.detail.elt.querySelectorAll?.("dialog[data-open]:not([open])").forEach((dialog) => dialog.showModal());
  });
})();
