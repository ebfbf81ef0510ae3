// A webhook receiver without dependencies: checks the signature from the raw body, and prints what came.
//
// Usage: node receiver.mjs PORT KEY

import { createHash, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const [port, key] = process.argv.slice(2);
if (!key) throw new Error("usage: node receiver.mjs PORT KEY");

// The SHA-256 of event/data/key, with `data` exactly as it was sent: written again it might be spelled otherwise.
function isSigned(body, key) {
  const { sign, event } = JSON.parse(body);
  const data = body.subarray(body.indexOf('"data":') + '"data":'.length, body.lastIndexOf("}"));
  const digest = createHash("sha256").update(`${event}/`).update(data).update(`/${key}`).digest();
  const given = Buffer.from(String(sign), "hex");
  return given.length === digest.length && timingSafeEqual(given, digest);
}

async function answer(request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  if (!isSigned(body, key)) {
    response.writeHead(401).end();
    return;
  }
  const { event, data } = JSON.parse(body);
  console.log(event, data.number, request.headers["webhook-id"]);
  response.writeHead(200).end(); // nothing but 200 counts as delivered
}

createServer((request, response) => answer(request, response).catch(() => response.writeHead(400).end())).listen(
  Number(port),
  "127.0.0.1",
);
