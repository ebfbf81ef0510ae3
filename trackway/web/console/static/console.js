// The console's script. Pages work without it; with it they show times in the reader's zone and stay fresh.
"use strict";

const all = (what, inside = document) => [...inside.querySelectorAll(what)];

function localTimes(inside = document) {
  const short = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
  const year = new Date().getFullYear();
  const [recent, old] = [short, { ...short, year: "numeric" }].map((wish) => new Intl.DateTimeFormat(language, wish));
  for (const time of all("time[datetime$=Z]", inside)) {
    const instant = new Date(time.dateTime);
    time.title = time.dateTime;
    time.textContent = (instant.getFullYear() === year ? recent : old).format(instant);
  }
}

function copies(button) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
    button.classList.add("fresh");
  });
}

// Seconds that are left, by the server's word and this browser's stopwatch: its clock may be wrong.
function countsDown(timer) {
  const end = performance.now() + 1000 * timer.dataset.left;
  const beat = setInterval(() => {
    const left = Math.max(0, Math.ceil((end - performance.now()) / 1000));
    timer.textContent = left ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` : timer.dataset.over;
    if (!left) clearInterval(beat);
  }, 250);
}

// A box in the head of a table that ticks all of its column.
function ticksAll(box) {
  box.hidden = false;
  box.addEventListener("change", () => {
    for (const one of all(`input[name="${box.dataset.all}"]`, box.form)) one.checked = box.checked;
  });
}

// Where a bar is wider than the screen, what one looks at is in its middle.
function showsCurrent(bar) {
  const here = bar.querySelector("[aria-current]");
  if (!here) return;
  const [inner, outer] = [here, bar].map((one) => one.getBoundingClientRect());
  bar.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
}

for (const select of all(".look select")) select.addEventListener("change", () => select.form.requestSubmit());
for (const button of all(".look button")) button.hidden = true;
all("button[data-copy]").forEach(copies);
all("[data-left]").forEach(countsDown);
all("input[data-all]").forEach(ticksAll);
all(".side nav, .tabs").forEach(showsCurrent);
localTimes();

// Replace parts of the page by what the server says now. Parts are found by their id. A page that is of another account
// by now is loaded whole: parts of two accounts would stand side by side.
async function renew(address, wanted, mark) {
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [mine, theirs] = [document, page].map((one) => one.getElementById("main")?.dataset.formToken);
  if (mine !== theirs) { location.reload(); return; }
  for (const old of wanted()) {
    const fresh = page.getElementById(old.id);
    if (!fresh || fresh.isEqualNode(old.pristine || old)) continue;
    const copy = document.importNode(fresh, true);
    copy.pristine = fresh;
    if (mark) copy.classList.add("fresh");
    old.replaceWith(copy);
    all("button[data-copy]", copy).forEach(copies);
    all(".tabs", copy).forEach(showsCurrent);
    localTimes(copy);
  }
}

// Search as you type: the address follows, so that it can be kept and gone back to.
const search = document.querySelector("form[data-search]");
if (search) {
  let waiting = 0, latest = 0;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const mine = ++latest;
      const text = search.elements.q.value.trim();
      const address = search.action + (text ? "?" + new URLSearchParams({ q: text }) : "");
      await renew(address, () => (mine === latest ? all("[data-part]") : []));
      if (mine === latest) history.replaceState(null, "", address);
    }, 150);
  });
}

// The keyboard: / searches, j and k walk the rows, Enter opens.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, dialog")) return;
  const rows = all("table.pick tbody tr");
  const at = rows.findIndex((row) => row.classList.contains("here"));
  if (event.key === "/" && search) { event.preventDefault(); search.elements.q.select(); }
  if ((event.key === "j" || event.key === "k") && rows.length) {
    const next = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + (event.key === "j" ? 1 : -1)))];
    if (at >= 0) rows[at].classList.remove("here");
    next.classList.add("here");
    next.querySelector("a").focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }
});

// Live: news of what is on the page has it renewed, at most once a second, while somebody can see it.
if (document.querySelector("[data-live]")) {
  const changed = new Set();
  let stream = null, planned = 0;
  const shown = () => all("[data-live]").filter((part) => changed.has(part.dataset.live));
  const plan = () => {
    if (planned || !shown().length) return;
    planned = setTimeout(async () => {
      planned = 0;
      if (document.querySelector("dialog[open]") || shown().some((part) => part.contains(document.activeElement) && document.activeElement.matches("input, select"))) { plan(); return; }
      const wanted = shown();
      changed.clear();
      await renew(location.href, () => wanted, true);
    }, 1000);
  };
  const listen = () => {
    if (document.hidden) { stream?.close(); stream = null; return; }
    if (stream) return;
    stream = new EventSource("/console/live");
    stream.addEventListener("news", (event) => { changed.add(event.data); plan(); });
  };
  document.addEventListener("visibilitychange", listen);
  listen();
}

// Import: lines are read, recognised part by part, chosen for where unclear, registered part by part, and reported.
function imports(box) {
  const words = JSON.parse(box.dataset.words);
  const size = Number(box.dataset.partSize);
  const text = box.querySelector("textarea");
  const status = box.querySelector("[data-status]");
  const bar = box.querySelector("progress");
  const go = box.querySelector("[data-go]");
  const report = box.querySelector("[data-report]");
  const results = document.querySelector("[data-results]");
  const body = results.querySelector("tbody");
  const options = document.querySelector("template[data-options]");
  const shownMost = 300;
  let lines = [], run = 0;

  const say = (key, values) => words[key].replace(/\{(\w+)\}/g, (_, name) => Number(values[name]).toLocaleString());
  const send = async (step, fields) => {
    const token = document.getElementById("main").dataset.formToken;
    const answer = await fetch("/console/import/" + step, { method: "POST", headers: { "x-form-token": token }, body: new URLSearchParams(fields), redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };
  const why = (error) => (error.message === "409" ? words.other : words.failed);
  const cell = (row, content) => {
    const td = document.createElement("td");
    td.append(content ?? "");
    row.append(td);
    return td;
  };
  const show = () => {
    const wanted = lines.filter((one) => one.wrong || (!one.carrier && one.candidates) || one.late);
    results.hidden = !wanted.length;
    body.replaceChildren(...wanted.slice(0, shownMost).map((one) => {
      const row = document.createElement("tr");
      cell(row, one.line);
      cell(row, one.number).className = "number";
      const where = cell(row, one.name || "");
      if (one.candidates && !one.registered && !one.refused) where.replaceChildren(choice(one));
      const chip = document.createElement("span");
      chip.className = "chip " + (one.registered ? "good" : one.wrong ? "bad" : "warn");
      chip.textContent = one.registered ? "✓" : one.wrong || words.choose;
      cell(row, chip);
      return row;
    }));
    results.querySelector("[data-more]").textContent = wanted.length > shownMost ? "… " + (wanted.length - shownMost).toLocaleString() : "";
  };
  const choice = (one) => {
    const select = document.createElement("select");
    select.setAttribute("aria-label", words.carrier + " " + one.number);
    select.append(options.content.cloneNode(true));
    for (const [key, name] of [...one.candidates].reverse()) select.prepend(new Option("★ " + name, key));
    select.value = String(one.carrier || 0);
    select.addEventListener("change", () => { one.carrier = Number(select.value); one.late = true; if (one.carrier) one.wrong = ""; count(); });
    return select;
  };
  const count = () => {
    const ready = lines.filter((one) => one.carrier && !one.wrong && !one.registered).length;
    const bad = lines.filter((one) => one.wrong).length;
    const asked = lines.filter((one) => one.candidates && !one.carrier && !one.wrong).length;
    const parts = [say("clear", { n: lines.filter((one) => one.carrier).length, all: lines.length })];
    if (asked) parts.push(say("ask", { n: asked }));
    if (bad) parts.push(say("known", { n: bad }));
    status.textContent = parts.join(" · ");
    go.disabled = !ready;
  };
  const inParts = async (chosen, work) => {
    bar.hidden = false;
    bar.max = chosen.length || 1;
    for (let at = 0; at < chosen.length; at += size) {
      bar.value = at;
      await work(chosen.slice(at, at + size));
    }
    bar.value = bar.max;
  };
  const asRows = (part) => JSON.stringify(part.map((one) => ({ line: one.line, number: one.number, carrier: String(one.carrier || one.given || ""), tag: one.tag, param: one.param })));

  async function read() {
    const mine = ++run;
    report.hidden = true;
    status.textContent = words.reading;
    try {
      const rows = text.value.trim() ? await send("read", { text: text.value }) : [];
      if (mine !== run) return;
      lines = rows.map((row) => ({ ...row, given: row.carrier, carrier: 0 }));
      await inParts(lines, async (part) => {
        const found = await send("recognise", { rows: asRows(part) });
        if (mine !== run) return;
        found.forEach((one, at) => Object.assign(part[at], { carrier: one.carrier, name: one.name, wrong: one.wrong, candidates: one.carrier ? null : one.candidates, number: one.number }));
        count();
      });
      if (mine !== run) return;
      bar.hidden = true;
      lines.length ? count() : (status.textContent = "");
      show();
    } catch (error) { if (mine === run) status.textContent = why(error); }
  }
  async function register() {
    const mine = ++run;
    go.disabled = true;
    try {
      await inParts(lines.filter((one) => one.carrier && !one.wrong && !one.registered), async (part) => {
        const outcomes = await send("register", { rows: asRows(part) });
        outcomes.forEach((one, at) => { part[at].registered = !one.wrong; part[at].refused = Boolean(one.wrong); part[at].wrong = one.wrong; });
      });
      if (mine !== run) return;
      const kept = lines.filter((one) => one.registered).length;
      status.textContent = say("done", { n: kept, bad: lines.length - kept });
      report.href = URL.createObjectURL(new Blob(["\ufeff" + table()], { type: "text/csv" }));
      report.hidden = false;
    } catch (error) { status.textContent = why(error); go.disabled = false; }
    show();
  }
  const safe = (value) => {
    const plain = /^[=+\-@\t\r]/.test(String(value)) ? "'" + value : String(value ?? "");
    return '"' + plain.replaceAll('"', '""') + '"';
  };
  const table = () => [[words.line, words.number, words.carrier, words.tag, words.outcome], ...lines.map((one) => [one.line, one.number, one.carrier || "", one.tag, one.registered ? "ok" : one.wrong || words.choose])].map((row) => row.map(safe).join(",")).join("\r\n");

  let waiting = 0;
  text.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(read, 300); });
  const take = async (file) => { text.value = await file.text(); await read(); };
  box.querySelector("input[type=file]").addEventListener("change", (event) => event.target.files[0] && take(event.target.files[0]));
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => { event.preventDefault(); if (event.dataTransfer.files[0]) take(event.dataTransfer.files[0]); });
  go.addEventListener("click", register);
}
all("[data-import]").forEach(imports);
