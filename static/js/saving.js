// Autosave speaks in one place ([data-save]); what was typed while the line was down is sent when it is back.
(() => {
  const typed = new Map(); // form -> how many edits the server does not have yet
  const sent = new Map(); // form -> how many it had when the last request left
  const AGAIN = 15_000; // a line can be back without the browser telling
  const offline = () => document.getElementById("offline");
  let waiting;
  const doubted = new Set(); // forms whose answer was lost: the server may have taken what stood in them then
  const formOf = ({ detail: { requestConfig, elt } }) => // even if it was swapped away; what only reads saves nothing
    requestConfig?.verb === "get" ? null : (requestConfig?.elt ?? elt)?.closest?.("form[hx-post]");

  const show = (form, state) => {
    const line = form.querySelector("[data-save]");
    if (line) line.dataset.state = state;
    return Boolean(line);
  };
  const send = (form) => {
    const first = (form.getAttribute("hx-trigger") || "submit").split(/[\s,]/)[0];
    window.htmx.trigger(form, first);
  };
  const sendAll = () => {
    offline().hidden = true;
    document.getElementById("unsent").hidden = true;
    typed.forEach((_, form) => form.isConnected && send(form));
  };
  const sendDoubted = () => doubted.forEach((form) => form.isConnected && send(form));

  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[hx-post]");
    if (form?.querySelector("[data-save]")) typed.set(form, (typed.get(form) || 0) + 1);
  });
  document.addEventListener("htmx:configRequest", ({ detail }) => { // htmx remembers the button that was pressed last
    if (detail.elt.matches("form") && detail.triggeringEvent?.type !== "submit") detail.formData.delete("act");
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = formOf(event);
    if (!form) return;
    sent.set(form, typed.get(form));
    show(form, "saving");
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    // A second refused autosave must not take the password that is being typed into the dialog of the first.
    const asked = event.detail.xhr.status === 401 && document.querySelector("#relogin dialog[open]");
    if (asked && !asked.contains(event.detail.requestConfig.elt)) event.detail.shouldSwap = false;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = formOf(event);
    const status = event.detail.xhr?.status;
    if (!form || !status) return;
    offline().hidden = true;
    if (status >= 400) { // `successful` counts every answer that is swapped in
      show(form, status === 401 ? "expired" : "refused");
      typed.set(form, typed.get(form) || 1);
    } else if (doubted.delete(form) && form.isConnected) { // perhaps the answer to what was sent before: once more, with a new key
      show(form, "saving");
      send(form);
    } else if (typed.get(form) === sent.get(form)) {
      typed.delete(form);
      show(form, "saved");
    }
  });
  document.addEventListener("htmx:sendError", (event) => {
    const form = formOf(event);
    if (form) typed.set(form, typed.get(form) || 1);
    if (form?.querySelector("[data-save]")) {
      doubted.add(form);
      clearTimeout(waiting);
      waiting = setTimeout(sendDoubted, AGAIN);
    }
    if (!form || !show(form, "offline")) offline().hidden = false;
  });
  window.addEventListener("online", sendAll);
  document.addEventListener("signed-in", () => {
    document.getElementById("relogin").replaceChildren();
    sendAll();
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (navigator.onLine || form.method !== "post" || event.defaultPrevented) typed.delete(form); // the browser takes the text along
    else { // it would show a page of its own instead of ours, with nothing of the text in it
      event.preventDefault();
      document.getElementById("unsent").hidden = false;
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if ([...typed.keys()].some((form) => form.isConnected)) event.preventDefault();
  });
})();
