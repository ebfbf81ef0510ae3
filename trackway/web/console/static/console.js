// The console's one script. Pages work without it; with it they ask before they destroy, show times in the reader's zone and stay fresh.
"use strict";

const all = (what, inside = document) => [...inside.querySelectorAll(what)];

function localTimes(inside = document) {
  const form = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  for (const time of all("time[datetime$=Z]", inside)) {
    time.title = time.dateTime;
    time.textContent = form.format(new Date(time.dateTime));
  }
}

// A form with data-sure is sent only after a yes; the dialog is the browser's own, so keyboard and screen readers know it.
function asks(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.yes || !form.dataset.sure) return;
    event.preventDefault();
    const dialog = document.createElement("dialog");
    const words = document.createElement("p");
    const row = document.createElement("div");
    const no = document.createElement("button");
    const yes = document.createElement("button");
    words.textContent = form.dataset.sure;
    row.className = "row";
    no.textContent = "✕";
    no.setAttribute("aria-label", "Esc");
    yes.className = "bad";
    yes.textContent = (event.submitter || form.querySelector("button")).textContent;
    no.addEventListener("click", () => dialog.close());
    yes.addEventListener("click", () => { form.dataset.yes = "1"; dialog.close(); form.requestSubmit(event.submitter); });
    dialog.addEventListener("close", () => dialog.remove());
    row.append(no, yes);
    dialog.append(words, row);
    document.body.append(dialog);
    dialog.showModal();
  });
}

function copies(button) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
    button.classList.add("fresh");
  });
}

for (const select of all(".look select")) select.addEventListener("change", () => select.form.requestSubmit());
for (const button of all(".look button")) button.hidden = true;
all("form[data-sure]").forEach(asks);
all("button[data-copy]").forEach(copies);
localTimes();
