// What a first visit weighs, compressed as browsers ask for it: the bodies of the page and of every file that it names.

import assert from "node:assert/strict";
import http from "node:http";
import { brotliDecompressSync } from "node:zlib";
import { journey } from "../lib/journey.mjs";
import { pagesOf, ROLES } from "../lib/pages.mjs";

const KB = 1024;
/** A page without an island: with styles, icons and scripts. */
const PLAIN_MAX = 15 * KB;
/** The list of members until it can be used: all but what brings the islands to life. */
const USEFUL_MAX = 55 * KB;
/** The list of members with everything. */
const WHOLE_MAX = 170 * KB;

/** The body of an answer as it travelled. */
function travelled(server, person, path) {
  const headers = { host: new URL(server.origin(person.tenant)).host, cookie: person.cookie, "accept-encoding": "br" };
  return new Promise((done, fail) => {
    const request = http.get({ host: "127.0.0.1", port: server.port, path, headers }, (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part)).on("error", fail);
      response.on("end", () => {
        assert.equal(response.statusCode, 200, path);
        const body = Buffer.concat(parts);
        // Files that are smaller as they are are not compressed.
        done({ bytes: body.length, text: response.headers["content-encoding"] === "br" ? brotliDecompressSync(body).toString() : body.toString() });
      });
    });
    request.on("error", fail);
  });
}

/** What a page and its files weigh: until it is useful, and all of it. */
async function weigh(server, person, path) {
  const page = await travelled(server, person, path);
  const files = new Map();
  for (const [, name, file] of page.text.matchAll(/\s([a-z-]+)="(\/assets\/[^"#]+)/g)) {
    const lively = name === "data-js" || name === "data-wasm";
    files.set(file, lively && (files.get(file) ?? true));
  }
  let useful = page.bytes;
  let lively = 0;
  for (const [file, isLively] of files) {
    const { bytes } = await travelled(server, person, file);
    if (isLively) lively += bytes;
    else useful += bytes;
  }
  return { useful, whole: useful + lively, isPlain: !page.text.includes("<leptos-island") };
}

const kb = (bytes) => `${(bytes / KB).toFixed(1)} KB`;

journey("a first visit stays within its budget", { javaScript: [false] }, async ({ server, signedIn, arrive }) => {
  const visitor = { tenant: (await arrive()).tenant, cookie: "" };
  const visits = [[visitor, "/login"]];
  for (const role of ROLES) {
    const person = await signedIn(role);
    const known = { tenant: person.tenant, cookie: await person.cookie() };
    for (const path of await pagesOf(person, role)) visits.push([known, path]);
  }
  let plain = 0;
  for (const [person, path] of visits) {
    const { useful, whole, isPlain } = await weigh(server, person, path);
    if (isPlain) {
      plain += 1;
      assert.equal(whole, useful, `${path} has no island and loads no WASM`);
      assert.ok(whole <= PLAIN_MAX, `${path}, without an island, weighs ${kb(whole)} of ${kb(PLAIN_MAX)}`);
    }
    if (path === "/members") {
      assert.ok(!isPlain && whole > useful, "the list has an island");
      assert.ok(useful <= USEFUL_MAX, `${path} is useful after ${kb(useful)} of ${kb(USEFUL_MAX)}`);
      assert.ok(whole <= WHOLE_MAX, `${path} weighs ${kb(whole)} of ${kb(WHOLE_MAX)}`);
    }
    if (process.env.BUDGETS) console.log(`${path.padEnd(60)} ${kb(useful).padStart(9)} ${kb(whole).padStart(9)}`);
  }
  assert.ok(plain > 5, "some pages have no island");
});
