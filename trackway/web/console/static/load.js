// A file goes in parts of whole lines, so that a bar can say how far it is and a large one needs no large request.
"use strict";
(() => {
  const form = document.getElementById("load");
  if (!form) return;
  const bar = document.getElementById("load-progress");
  const sums = document.getElementById("load-sums");
  const told = document.getElementById("load-told");
  const PART = 1 << 20, WHOLE = 7 << 20, MOST = 200, LINE = 10, QUOTE = 34;

  const count = (bytes, sign) => bytes.reduce((sum, byte) => sum + (byte === sign), 0);

  // Where the last whole line ends that begins before `end`; the file's end where it has no more.
  async function lineEnd(file, end) {
    if (end >= file.size) return file.size;
    const bytes = new Uint8Array(await file.slice(end, end + PART).arrayBuffer());
    const at = bytes.indexOf(LINE);
    return at < 0 ? Math.min(end + PART, file.size) : end + at + 1;
  }

  async function* parts(file) {
    const begin = (await file.slice(0, 64).text()).trimStart();
    const csv = /\.csv$/i.test(file.name);
    if (!csv && (/\.edi(fact)?$/i.test(file.name) || begin.startsWith("["))) {
      if (file.size > WHOLE) throw new Error(form.dataset.large);
      yield [file, file.size, 0];
      return;
    }
    const head = csv ? await lineEnd(file, 0) : 0;
    for (let from = head, before = 0, to; from < file.size || from === 0; from = to) {
      let bytes;
      to = from + PART;
      do { // a line that ends inside of quotes has not ended
        to = await lineEnd(file, to);
        bytes = new Uint8Array(await file.slice(from, to).arrayBuffer());
      } while (csv && to < file.size && count(bytes, QUOTE) % 2);
      yield [new Blob(csv ? [file.slice(0, head), bytes] : [bytes]), to, before];
      if (to >= file.size) return;
      before += count(bytes, LINE);
    }
  }

  async function send(part, name) {
    const body = new FormData(form);
    body.set("file", part, name);
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    if (!(answer.headers.get("content-type") || "").includes("json")) throw new Error(answer.status);
    return answer.json();
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const file = form.elements.file.files[0];
    const sum = { items: 0, scans: 0, refused: 0 };
    const say = () => { sums.textContent = file.name + ": " + sums.dataset.words.replace("#1", sum.items).replace("#2", sum.scans).replace("#3", sum.refused); };
    told.replaceChildren();
    bar.hidden = false;
    bar.value = 0;
    form.querySelector("button").disabled = true;
    try {
      for await (const [part, upTo, before] of parts(file)) {
        const found = await send(part, file.name);
        for (const what of Object.keys(sum)) sum[what] += found[what];
        for (const { where, why } of found.told) {
          if (told.children.length >= MOST) break;
          const line = document.createElement("li");
          const place = where.replace(/\d+/, (number) => Number(number) + before); // lines of the file, not of the part
          line.textContent = place ? place + ": " + why : why;
          told.append(line);
        }
        bar.value = file.size ? upTo / file.size : 1;
        say();
      }
    } catch (error) {
      sums.textContent = file.name + ": " + error.message;
    }
    told.hidden = !told.children.length;
    form.querySelector("button").disabled = false;
  });
})();
