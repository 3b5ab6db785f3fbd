// Nothing crosses from one organisation to the other, and nothing is done because another site says so.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { engines, MAIN, OTHER } from "../lib/demo.mjs";
import { journey } from "../lib/journey.mjs";
import { someLink } from "../lib/pages.mjs";



journey("another organisation's session is none here", { engines }, async ({ server, arrive, signedIn }) => {
  const nora = await signedIn("nora", { tenant: OTHER });
  const cookie = await nora.cookie();
  assert.equal((await server.send({ tenant: OTHER, path: "/members", cookie })).status, 200);
  for (const tenant of [MAIN, null]) {
    const page = await server.send({ tenant, path: "/members", cookie });
    assert.equal(page.status, 303);
    assert.equal(page.headers.location, "/login?next=/members");
    const form = { key: randomUUID(), kind: "person", name: "Intruse" };
    assert.equal((await server.send({ tenant, method: "POST", path: "/people/new", cookie, form })).status, 401);
  }
  // In a browser, with the very cookie of the other organisation.
  const intruder = await arrive();
  const session = (await nora.cookies()).find((c) => c.name === "session");
  await intruder.page.context().addCookies([{ ...session, domain: "nuage-libre.localhost" }]);
  await intruder.open("/members");
  assert.equal(intruder.path(), "/login?next=/members");
});

journey("another organisation's logins do not open this one", {}, async ({ arrive }) => {
  const person = await arrive();
  assert.equal(await person.signIn("nora"), 422);
});

journey("what another organisation has answers like what nobody has", { javaScript: [false], engines }, async ({ signedIn }) => {
  const tom = await signedIn("tom");
  const nora = await signedIn("nora", { tenant: OTHER });
  const things = [
    await someLink(tom, "/members", "/members"),
    await someLink(tom, "/people", "/people"),
    await someLink(tom, "/payments?state=draft", "/payments"),
    await someLink(tom, "/payments?state=validated", "/payments"),
  ];
  for (const thing of things) {
    assert.equal((await tom.send({ path: thing })).status, 200, thing);
    const id = thing.split("/").pop();
    const unknown = randomUUID();
    for (const end of ["", "/edit", "/reverse", "/nothing"]) {
      const theirs = await nora.send({ path: `${thing}${end}` });
      const nobodys = await nora.send({ path: `${thing.replace(id, unknown)}${end}` });
      assert.equal(theirs.status, 404, `${thing}${end}`);
      assert.equal(theirs.body.replaceAll(id, "ID"), nobodys.body.replaceAll(unknown, "ID"), `${thing}${end}`);
    }
    for (const end of ["/edit", "/delete", "/reverse", "/validate"]) {
      const form = { key: randomUUID(), version: "1", member: "1", amount: "30", method: "transfer", received_on: "2026-01-01", reason: "x", name: "x" };
      const theirs = await nora.send({ method: "POST", path: `${thing}${end}`, form });
      const nobodys = await nora.send({ method: "POST", path: `${thing.replace(id, unknown)}${end}`, form });
      assert.equal(theirs.status, nobodys.status, `POST ${thing}${end}`);
      // A form that is wrong in itself may be refused before anybody looks for the thing.
      assert.ok([404, 422].includes(theirs.status), `POST ${thing}${end}: ${theirs.status}`);
    }
    assert.equal((await tom.send({ path: thing })).status, 200, "it is still there");
  }
});

journey("an address that no organisation has answers with nothing of anybody", { javaScript: [false] }, async ({ server }) => {
  for (const tenant of ["personne", "nuage-libre.les-sentiers", "xn--nuage"]) {
    const answer = await server.send({ tenant, path: "/login" });
    assert.equal(answer.status, 404, tenant);
    assert.doesNotMatch(answer.body, /Nuage Libre|Les Sentiers/);
  }
});

journey("what another site sends is refused and changes nothing", { javaScript: [false] }, async ({ server, signedIn }) => {
  const ines = await signedIn("ines");
  await ines.open("/settings");
  const title = await ines.page.inputValue('[name="title"]');
  const form = await ines.formData('form[action="/settings"]');
  const changed = form.map(([name, value]) => [name, name === "title" ? "Nuage Détourné" : value]);
  const own = server.origin(MAIN);
  const foreign = [
    { origin: server.origin(OTHER) },
    { origin: server.origin(null) },
    { origin: "null" },
    { origin: null },
    { origin: own.replace("http:", "https:") },
    { origin: own.replace(/:\d+$/, "") },
    { origin: `${own}.evil.example` },
    { origin: null, "sec-fetch-site": "same-site" },
    { origin: null, "sec-fetch-site": "cross-site" },
    { origin: null, "sec-fetch-site": "none" },
    { origin: own, "sec-fetch-site": "cross-site" },
    { origin: null, referer: `${own}/settings` },
  ];
  for (const headers of foreign) {
    for (const path of ["/settings", "/logout", "/language", "/people/new", "/payments/new", "/login"]) {
      const answer = await ines.send({ method: "POST", path, form: changed, headers });
      assert.equal(answer.status, 403, `${path} ${JSON.stringify(headers)}`);
    }
  }
  await ines.open("/settings");
  assert.equal(await ines.page.inputValue('[name="title"]'), title);
  // The same form from here does change it: it was the origin that was refused.
  assert.equal((await ines.send({ method: "POST", path: "/settings", form: changed })).status, 303);
  await ines.open("/settings");
  assert.equal(await ines.page.inputValue('[name="title"]'), "Nuage Détourné");
});

journey("a page of the sibling that posts here is refused, in a browser that is signed in here", {}, async ({ server, signedIn }) => {
  const ines = await signedIn("ines");
  await ines.open("/settings");
  const fields = (await ines.formData('form[action="/settings"]'))
    .map(([name, value]) => `<input name="${name}" value="${name === "title" ? "Nuage Détourné" : value.replaceAll('"', "&quot;")}">`);
  const body = `<form method="post" action="${server.origin(MAIN)}/settings">${fields.join("")}<button>Go</button></form>`;
  const trap = `${server.origin(OTHER)}/trap`;
  await ines.page.route(trap, (route) => route.fulfill({ contentType: "text/html; charset=utf-8", body }));
  await ines.page.goto(trap);
  assert.equal(await ines.press("button"), 403);
  await ines.open("/settings");
  assert.equal(await ines.page.inputValue('[name="title"]'), "Nuage Libre");
});
