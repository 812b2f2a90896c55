// While the line is down, what somebody types in a form that saves itself is kept in this browser, under their number;
// what they type in a form that only a button sends is kept until it is sent.
// It goes when it was sent, when they sign out, and after a week; somebody else who signs in is never shown it.
(() => {
  const OURS = "kept:";
  const WEEK = 7 * 24 * 3600 * 1000;
  const me = document.body.dataset.me;
  const nameOf = (form) => `${OURS}${me}:${form.getAttribute("hx-post") ?? form.getAttribute("action")}`;
  const keeps = (form) => form?.hasAttribute("data-keep"); // is sent by a button alone: kept from the first word on
  const saves = (form) => form?.hasAttribute("hx-post") && form.querySelector("[data-save]");
  const ours = () => Object.keys(localStorage).filter((name) => name.startsWith(OURS));
  const skipped = (field) => !field.name || field.type === "password" || field.type === "file" || field.name === "once";

  const keep = (form) => {
    const fields = [...form.elements].filter((field) => !skipped(field) && "value" in field && field.tagName !== "BUTTON");
    const said = fields.map((field) => [field.name, field.value, field.type === "checkbox" || field.type === "radio" ? field.checked : null]);
    try {
      localStorage.setItem(nameOf(form), JSON.stringify({ at: Date.now(), said }));
    } catch { /* full or forbidden: the page itself still has it */ }
  };
  const put = (form, said) => {
    for (const [name, value, checked] of said) {
      const fields = [...form.elements].filter((field) => field.name === name && !skipped(field));
      const field = checked === null ? fields[0] : fields.find((one) => one.value === value);
      if (!field) continue;
      if (checked === null) field.value = value;
      else field.checked = checked;
    }
    form.dispatchEvent(new Event("input", { bubbles: true })); // to saving: there is something to send
    form.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const read = (name) => {
    try {
      return JSON.parse(localStorage.getItem(name));
    } catch {
      return null;
    }
  };

  for (const name of ours()) {
    const kept = read(name);
    if (!kept || Date.now() - kept.at > WEEK) localStorage.removeItem(name);
  }
  if (!me) return;

  const down = new Set(); // forms whose last sending failed
  const formOf = ({ detail: { requestConfig, elt } }) => // even if it was swapped away; what only reads saves nothing
    requestConfig?.verb === "get" ? null : (requestConfig?.elt ?? elt)?.closest?.("form");
  document.addEventListener("htmx:sendError", (event) => {
    const form = formOf(event);
    if (!saves(form) && !keeps(form)) return;
    down.add(form);
    keep(form);
  });
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form");
    if (keeps(form) || (saves(form) && (down.has(form) || !navigator.onLine))) keep(form);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = formOf(event);
    if ((!saves(form) && !keeps(form)) || !event.detail.xhr?.status || event.detail.xhr.status >= 400) return;
    down.delete(form);
    localStorage.removeItem(nameOf(form));
  });
  document.addEventListener("submit", (event) => {
    const to = event.target.getAttribute("action");
    if (to && to.endsWith("/logout")) ours().forEach((name) => localStorage.removeItem(name));
    else if (event.target.hasAttribute("hx-post") && !saves(event.target)) return; // its answer tells
    else if ((saves(event.target) || keeps(event.target)) && navigator.onLine) localStorage.removeItem(nameOf(event.target));
  });
  window.addEventListener("load", () => { // after saving.js and htmx have seen the forms
    for (const form of document.querySelectorAll("form[hx-post], form[data-keep]")) {
      const kept = (saves(form) || keeps(form)) && read(nameOf(form));
      if (kept) put(form, kept.said);
    }
  });
})();
