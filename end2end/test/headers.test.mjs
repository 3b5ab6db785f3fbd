// What every answer carries to keep browsers out of harm's way, and what pages do not load.

import assert from "node:assert/strict";
import { PASSWORD } from "../lib/demo.mjs";
import { journey } from "../lib/journey.mjs";
import { pagesOf, ROLES } from "../lib/pages.mjs";

const MISSING = "/members/00000000-0000-4000-8000-000000000000";

journey("every answer has its headers, and no page holds a script or a style of its own", { javaScript: [false] }, async ({ server, signedIn }) => {
  const nonces = new Set();
  let pages = 0;
  for (const role of ROLES) {
    const person = await signedIn(role);
    for (const path of [...(await pagesOf(person, role)), MISSING]) {
      const { status, headers, body } = await person.send({ path });
      assert.equal(status, path === MISSING ? 404 : 200, path);
      checkHeaders(headers, path);
      assert.equal(headers["cache-control"], "no-store", path);
      nonces.add(checkPolicy(headers["content-security-policy"], path));
      checkMarkup(body, headers["content-security-policy"], path);
      pages += 1;
    }
  }
  assert.equal(nonces.size, pages, "every answer has a nonce of its own");
  for (const request of [{ path: "/login" }, { path: "/nowhere" }, { path: "/" }, { path: "/login", tenant: "nobody" }, { path: "/health" }, { method: "POST", path: "/login", headers: { origin: null } }]) {
    checkHeaders((await server.send(request)).headers, JSON.stringify(request));
  }
  const style = (await server.send({ path: "/login" })).body.match(/rel="stylesheet" href="([^"]+)"/)[1];
  const asset = await server.send({ path: style });
  checkHeaders(asset.headers, style);
  assert.match(asset.headers["content-type"], /^text\/css/);
  assert.match(asset.headers["cache-control"], /immutable/, "a file whose name holds its content's hash never changes");
});

function checkHeaders(headers, path) {
  assert.equal(headers["x-content-type-options"], "nosniff", path);
  assert.ok(headers["referrer-policy"], path);
  assert.equal(headers["cross-origin-opener-policy"], "same-origin", path);
  assert.match(headers["content-security-policy"], /frame-ancestors 'none'/, path);
  assert.match(headers["content-security-policy"], /default-src 'none'/, path);
  assert.doesNotMatch(headers["content-security-policy"], /unsafe-inline|'unsafe-eval'|\*|https?:/, path);
}

function checkPolicy(policy, path) {
  const nonce = policy.match(/script-src [^;]*'nonce-([0-9a-zA-Z+/=_-]{20,})'/)?.[1];
  assert.ok(nonce, `${path}: ${policy}`);
  return nonce;
}

function checkMarkup(body, policy, path) {
  assert.doesNotMatch(body, /<[a-z][^>]*\sstyle=/i, `${path}: a style attribute`);
  assert.doesNotMatch(body, /<style/i, `${path}: a style element`);
  assert.doesNotMatch(body, /<[a-z][^>]*\son[a-z]+="/i, `${path}: an inline handler`);
  for (const [script] of body.matchAll(/<script[^>]*>[^<]*/g)) {
    const nonce = script.match(/nonce="([^"]+)"/)?.[1];
    assert.ok(nonce && policy.includes(`'nonce-${nonce}'`), `${path}: ${script}`);
    assert.match(script, /src="\/assets\/[^"]+"/, path);
  }
}

journey("a page without a live part loads no WASM, and one without a form no script; one with a live part comes to life", { javaScript: [true] }, async ({ signedIn }) => {
  let alive = 0;
  for (const role of ["tom", "claire", "ines"]) {
    const person = await signedIn(role);
    const fetched = [];
    person.page.on("request", (request) => fetched.push(new URL(request.url()).pathname));
    for (const path of await pagesOf(person, role)) {
      fetched.length = 0;
      await person.open(path);
      if ((await person.page.locator("leptos-island").count()) > 0) {
        alive += 1;
        assert.ok(await person.page.locator("html[data-hydrated]").count(), path);
        assert.ok(fetched.some((f) => f.endsWith(".wasm")), path);
      } else {
        const scripts = fetched.filter((f) => /\.(js|wasm)$/.test(f));
        const has = async (what) => (await person.page.locator(`main ${what}`).count()) > 0;
        const needed = [(await has(".copy[data-text]")) && "copy", (await has('form[method="post"]:not([action="/exports"])')) && "forms", (await has("[data-verifier]")) && "verify"].filter(Boolean);
        const loaded = scripts.map((f) => f.match(/\/([a-z]+)-[0-9a-f]+\.js$/)?.[1]).sort();
        assert.deepEqual(loaded, needed, `${path}: ${scripts}`);
      }
    }
  }
  assert.ok(alive > 0, "no page has a live part: this test looked at nothing");
});

journey("cookies are kept from scripts, other sites and other hosts", {}, async ({ server, signedIn }) => {
  const tom = await signedIn("tom");
  const session = (await tom.cookies()).find((c) => c.name === "session");
  assert.equal(session.httpOnly, true);
  assert.equal(session.sameSite, "Lax");
  assert.equal(session.path, "/");
  assert.equal(session.domain, "nuage-libre.localhost", "this very host: no leading dot");
  assert.ok(session.expires > Date.now() / 1000);
  const answer = await server.send({ method: "POST", path: "/login", form: { name: "tom", password: PASSWORD } });
  for (const cookie of answer.headers["set-cookie"]) {
    assert.match(cookie, /; Path=\/; HttpOnly; SameSite=Lax/);
    assert.doesNotMatch(cookie, /Domain=/i);
  }
});

journey("behind TLS, cookies are bound to it and to the host", { javaScript: [false], env: { EQUIPAGE_PUBLIC_SCHEME: "https" } }, async ({ server }) => {
  const form = { name: "tom", password: PASSWORD };
  const origin = server.origin("nuage-libre").replace("http:", "https:");
  const answer = await server.send({ method: "POST", path: "/login", form, headers: { origin } });
  assert.equal(answer.status, 303);
  const cookie = answer.headers["set-cookie"].find((c) => c.includes("session="));
  assert.match(cookie, /^__Host-session=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Lax; Secure/);
  assert.match(answer.headers["strict-transport-security"], /max-age=\d{7,}/);
  assert.equal((await server.send({ method: "POST", path: "/login", form })).status, 403, "the same host without TLS is another origin");
});
