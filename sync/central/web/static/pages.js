// Comforts only: every page works without this file.

// A change can't be sent twice by two quick presses.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 4000);
  });
}

// Work that takes longer than a moment says so until its page comes. A form whose answer is a file has no page.
const busy = document.querySelector("[data-busy]");
document.addEventListener("submit", (event) => {
  if ("file" in event.target.dataset) return;
  setTimeout(() => { if (!event.defaultPrevented) busy.textContent = busy.dataset.busy; }, 700);
});
addEventListener("pageshow", () => { busy.textContent = ""; });

// The menu closes with Escape, and when something else is pressed.
for (const menu of document.querySelectorAll("details[data-menu]")) {
  const close = () => { menu.open = false; };
  document.addEventListener("click", (event) => { if (!menu.contains(event.target)) close(); });
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { close(); menu.querySelector("summary").focus(); }
  });
}

// What changes by itself is asked for again while the page is looked at; `data-live-from` names another page.
// The centre is told that no person asks: an open page keeps no session from ending.
const live = document.querySelector("[data-live]");
if (live) {
  const seconds = Number(live.dataset.live);
  setInterval(async () => {
    if (document.hidden) return;
    const headers = { Accept: "text/html", "X-Hailong-Poll": "1" };
    const answer = await fetch(live.dataset.liveFrom || location.href, { headers }).catch(() => null);
    if (!answer || !answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-live]");
    const focused = document.activeElement;
    if (fresh && !live.contains(focused)) live.replaceChildren(...fresh.childNodes);
  }, seconds * 1000);
}

// Printing.
for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// A text to copy is selected as a whole.
const selectAll = (input) => { if (input && "select" in input.dataset) input.select(); };
document.addEventListener("focusin", (event) => selectAll(event.target));
selectAll(document.activeElement);

// A form that is edited is drawn again a moment after a change; nothing is stored.
for (const form of document.querySelectorAll("form[data-preview]")) {
  let waiting, asked;
  const refresh = async () => {
    asked?.abort();
    asked = new AbortController();
    const fields = new URLSearchParams(new FormData(form));
    fields.set("viec", "xem");
    const answer = await fetch(form.action, { method: "POST", body: fields, signal: asked.signal }).catch(() => null);
    if (!answer || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of form.querySelectorAll("[data-refreshed]")) {
      const fresh = page.querySelector(`[data-refreshed="${CSS.escape(part.dataset.refreshed)}"]`);
      if (fresh) part.replaceChildren(...fresh.childNodes);
    }
  };
  form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(refresh, 600); });
}

// Keying: after a digit comes the next field. A form that could not be sent stays as it is.
document.addEventListener("input", (event) => {
  const field = event.target;
  if (!("key" in field.dataset) || field.value.length < field.maxLength) return;
  const all = [...field.form.elements].filter((one) => one.type !== "hidden" && one.offsetParent);
  all[all.indexOf(field) + 1]?.focus();
});
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!("desk" in form.dataset) || event.defaultPrevented) return;
  event.preventDefault();
  const fields = new URLSearchParams(new FormData(form, event.submitter));
  const answer = await fetch(form.action, { method: "POST", body: fields, redirect: "manual" }).catch(() => null);
  delete form.dataset.sent;
  if (answer?.type === "opaqueredirect") {
    const same = ["ngay", "doi_tuong", "cach"].filter((name) => fields.get(name)).map((name) => [name, fields.get(name)]);
    location.assign(`${form.action}?${new URLSearchParams(same)}`);
    return;
  }
  const lost = form.querySelector("[data-lost]");
  lost.hidden = Boolean(answer);
  if (!answer) { lost.focus(); return; }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.querySelector("main").replaceWith(page.querySelector("main"));
  document.querySelector("main [autofocus]")?.focus();
});
