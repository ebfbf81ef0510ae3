// A form with data-sure is sent only after a yes. Pages wait for this script, so that no click comes before it.
// The dialog is the browser's own, so keyboard and screen readers know it.
"use strict";

document.addEventListener("submit", (event) => {
  const form = event.target;
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
