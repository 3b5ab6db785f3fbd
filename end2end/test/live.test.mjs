// Forms that lose nothing: the session ends while somebody types, the server is gone, the tab is closed. And payments
// that are entered one after the other, and taken back.

import assert from "node:assert/strict";
import { PASSWORD } from "../lib/demo.mjs";
import { journey } from "../lib/journey.mjs";

const ADD = 'main form[action="/payments/new"] button.is-primary';
const AGAIN = 'main form[action="/payments/new"] button[name="next"]';
const TYPED = { member: "Léa Benamar", amount: "7,77", method: "cash", label: "E2E <b>gardé</b>", note: "Deux\nlignes" };

/** How many payments a search finds. */
async function found(person, words) {
  const { body } = await person.send({ path: `/payments?q=${encodeURIComponent(words)}` });
  return new Set(body.match(/href="\/payments\/[0-9a-f-]{36}"/g)).size;
}

async function holds(person, fields) {
  for (const [name, value] of Object.entries(fields)) {
    assert.equal(await person.page.locator(`main [name="${name}"]`).first().inputValue(), value, name);
  }
}

/** Ends the session of somebody who is about to send a form, as another tab would. */
async function signOutElsewhere(person) {
  const answer = await person.send({ method: "POST", path: "/logout", form: {} });
  assert.equal(answer.status, 303);
}

journey("the session ends while somebody types: signed in again, the form is there as it was, not sent", { javaScript: [false] }, async ({ signedIn }) => {
  const tom = await signedIn("tom");
  await tom.open("/payments/new");
  await tom.fill(TYPED);
  const key = await tom.page.inputValue("main [name=key]");
  await signOutElsewhere(tom);
  assert.equal(await tom.press(ADD), 401);
  assert.match(await tom.text("main"), /Rien n’est perdu/);
  // A wrong password loses nothing either.
  await tom.fill({ name: "tom", password: "un mot de passe qui ne va pas" });
  assert.equal(await tom.press(tom.button("/login")), 422);
  await tom.fill({ name: "tom", password: PASSWORD });
  assert.equal(await tom.press(tom.button("/login")), 200);
  assert.match(await tom.text("main"), /rien n’est encore envoyé/);
  await holds(tom, TYPED);
  assert.equal(await tom.page.locator("main b").count(), 0, "what was typed is text");
  assert.equal(await tom.page.inputValue("main [name=key]"), key);
  assert.equal(await found(tom, "E2E"), 0);
  assert.equal(await tom.press(ADD), 200);
  assert.match(tom.path(), /^\/payments\/[0-9a-f-]{36}$/);
  assert.equal(await found(tom, "E2E"), 1);
});

journey("what one person typed is neither shown to another nor sent in their name", { javaScript: [false] }, async ({ signedIn }) => {
  const tom = await signedIn("tom");
  await tom.open("/payments/new");
  await tom.fill(TYPED);
  await signOutElsewhere(tom);
  assert.equal(await tom.press(ADD), 401);
  await tom.fill({ name: "claire", password: PASSWORD });
  assert.equal(await tom.press(tom.button("/login")), 200);
  assert.match(await tom.text("main"), /quelqu’un d’autre avait tapé/);
  assert.doesNotMatch(await tom.page.content(), /gardé<|7,77/);
  // The page was opened by one, and another signed in meanwhile.
  await tom.open("/payments/new");
  await tom.fill(TYPED);
  await signOutElsewhere(tom);
  const login = await tom.send({ method: "POST", path: "/login", form: { name: "tom", password: PASSWORD } });
  const [name, value] = login.headers["set-cookie"][0].split(";")[0].split("=");
  await tom.page.context().addCookies([{ name, value, url: tom.server.origin(tom.tenant) }]);
  assert.equal(await tom.press(ADD), 403);
  assert.match(await tom.text("main"), /ouverte par quelqu’un d’autre/);
  assert.equal(await found(tom, "E2E"), 0);
});

journey("a form that is planted in the page of signing in does nothing and leads nowhere else", { javaScript: [false] }, async ({ server, signedIn }) => {
  const tom = await signedIn("tom");
  await tom.open("/payments/new");
  const person = await tom.page.locator("main [name=_person]").first().inputValue();
  for (const at of ["//evil.example/", "https://evil.example/", "/logout", "/account/sessions/end-others", "/login"]) {
    const form = { name: "tom", password: PASSWORD, at, typed: `_person=${person}&name=x` };
    const answer = await server.send({ method: "POST", path: "/login", form });
    assert.deepEqual([answer.status, answer.headers.location], [303, "/"], at);
  }
  const form = { name: "tom", password: PASSWORD, at: "/settings", typed: `_person=${person}&title=Autre` };
  assert.equal((await server.send({ method: "POST", path: "/login", form })).status, 403, "tom has no right to it");
});

journey("with scripts, the form stays where it is while one signs in in another tab", { javaScript: [true] }, async ({ signedIn }) => {
  const tom = await signedIn("tom");
  await tom.open("/payments/new");
  await tom.fill(TYPED);
  await signOutElsewhere(tom);
  assert.equal(await tom.press(ADD), 401);
  const link = tom.page.locator('main form [role=alert] a[href="/login"]');
  assert.match(await tom.text("main form [role=alert]"), /Rien n’est perdu/);
  await holds(tom, TYPED);
  const opened = tom.page.context().waitForEvent("page");
  await link.click();
  const tab = await opened;
  await tab.fill("[name=name]", "tom");
  await tab.fill("[name=password]", PASSWORD);
  await tab.click('form[action="/login"] button');
  await tab.waitForURL((url) => url.pathname === "/");
  await tab.close();
  assert.equal(await tom.press(ADD), 200);
  assert.equal(await found(tom, "E2E"), 1);
});

journey("the server is gone while somebody sends, and comes back: one payment", { javaScript: [true] }, async ({ server, signedIn }) => {
  const tom = await signedIn("tom");
  await tom.open("/payments/new");
  await tom.fill(TYPED);
  await server.down();
  await tom.page.click(ADD);
  await tom.page.locator("main form [role=alert]").waitFor();
  assert.match(await tom.text("main form [role=alert]"), /Rien n’est perdu/);
  await holds(tom, TYPED);
  await server.up();
  // The answer gets lost on the way: it was taken, and nobody knows.
  await tom.page.route("**/payments/new", async (route) => {
    await tom.send({ method: "POST", path: "/payments/new", form: route.request().postData() });
    await route.abort();
  }, { times: 1 });
  await tom.page.click(ADD);
  await tom.page.locator("html:not([data-busy])").waitFor({ state: "attached" });
  await tom.page.locator("main form [role=alert]").waitFor();
  assert.equal(await found(tom, "E2E"), 1);
  assert.equal(await tom.press(ADD), 200);
  assert.equal(await found(tom, "E2E"), 1);
  // The browser itself notes that it could not connect.
  const faults = tom.takeFaults().filter((f) => !/ERR_(CONNECTION_REFUSED|FAILED)/.test(f));
  assert.deepEqual(faults, []);
});

journey("a tab that was closed: what was typed is offered again, taken back or discarded, and goes with its person", { javaScript: [true] }, async ({ signedIn }) => {
  const tom = await signedIn("tom");
  const context = tom.page.context();
  const offered = () => tom.page.locator("main .notice", { hasText: "n’avait pas été envoyé" });
  await tom.open("/payments/new");
  await tom.fill(TYPED);
  const tab = await context.newPage();
  await tom.page.close({ runBeforeUnload: false });
  tom.page = tab;
  await tom.open("/payments/new");
  await offered().waitFor();
  await offered().locator("button").first().click();
  await holds(tom, TYPED);
  assert.equal(await offered().count(), 0);
  assert.equal(await tom.press(ADD), 200);
  assert.equal(await found(tom, "E2E"), 1);
  await tom.open("/payments/new");
  assert.equal(await offered().count(), 0, "it was sent");

  await tom.open("/people/new");
  await tom.fill({ name: "Personne E2E" });
  await tom.open("/people");
  await tom.open("/people/new");
  await offered().locator("button").nth(1).click();
  await tom.open("/people/new");
  assert.equal(await offered().count(), 0, "it was discarded");

  // Who signs out leaves nothing behind.
  await tom.fill({ name: "Personne E2E" });
  await tom.open("/people");
  assert.ok(await tab.evaluate(() => Object.keys(localStorage).length));
  await tom.press(tom.button("/logout"));
  assert.equal(await tab.evaluate(() => Object.keys(localStorage).length), 0);
});

journey("ten payments in a row by keyboard only, with their sum; the last is taken back, and that too", { javaScript: [true] }, async ({ signedIn }) => {
  const tom = await signedIn("tom");
  const { page } = tom;
  await tom.open("/payments/new");
  await tom.fill({ method: "cheque", received_on: "2026-01-15" });
  await page.evaluate(() => (window.stays = true));
  await page.focus("#member");
  for (let n = 1; n <= 10; n += 1) {
    await page.keyboard.type("benam");
    await page.locator('[role="option"]').first().waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type(`${n},50`);
    while (!(await page.evaluate((at) => document.activeElement.matches(at), AGAIN))) await page.keyboard.press("Tab");
    assert.equal(await tom.leads(() => page.keyboard.press("Enter")), 200);
    assert.equal(await page.evaluate(() => document.activeElement.id), "member", "the next one begins at once");
    await holds(tom, { member: "", method: "cheque", received_on: "2026-01-15" });
  }
  const sum = () => tom.text("section[aria-labelledby=sitting] output");
  assert.equal(await sum(), "10 paiements · 60,00 €");
  assert.equal(await page.evaluate(() => window.stays), true, "all of it on one page");
  assert.match(await tom.text("main .notice"), /10,50 €/);

  await tom.press('main .notice form[action$="/delete"] button');
  assert.equal(await sum(), "9 paiements · 49,50 €");
  await tom.press('main .notice form[action$="/restore"] button');
  assert.equal(await sum(), "10 paiements · 60,00 €");
});

journey("payments in a row and undo work without scripts too", { javaScript: [false] }, async ({ signedIn }) => {
  const tom = await signedIn("tom");
  await tom.open("/payments/new");
  for (const amount of ["1,00", "2,00"]) {
    await tom.fill({ member: "Léa Benamar", amount, method: "cash" });
    assert.equal(await tom.press(AGAIN), 200);
  }
  const sum = () => tom.text("section[aria-labelledby=sitting] output");
  assert.equal(await sum(), "2 paiements · 3,00 €");
  assert.equal(await tom.press('main .notice form[action$="/delete"] button'), 200);
  assert.equal(await sum(), "1 paiement · 1,00 €");
  assert.equal(await tom.press('main .notice form[action$="/restore"] button'), 200);
  assert.equal(await sum(), "2 paiements · 3,00 €");
  const payment = await tom.page.locator("section[aria-labelledby=sitting] tbody a").first().getAttribute("href");
  await tom.open(payment);
  await tom.press(`main form[action="${payment}/delete"] button`);
  assert.equal(tom.path(), "/payments");
  assert.equal(await tom.press('main .notice form[action$="/restore"] button'), 200);
  await tom.open(payment);
  assert.match(await tom.text("main .history"), /Rétabli par vous/);
});

journey("choosing a member proposes what is due, says why, and leaves alone what somebody typed", { javaScript: [true] }, async ({ signedIn }) => {
  const tom = await signedIn("tom");
  const { page } = tom;
  const choose = async (words) => {
    await page.fill("#member", "");
    await page.locator("#member").pressSequentially(words);
    await page.locator('[role="option"]').first().waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
  };
  await tom.open("/payments/new");
  await page.fill("#label", "E2E à la main");
  await choose("benam");
  await page.locator("#proposed .notice").waitFor();
  const proposed = await page.inputValue("#period_from");
  assert.match(proposed, /^\d{4}-\d\d-\d\d$/);
  assert.equal(await page.inputValue("#label"), "E2E à la main", "what was typed stays");
  // What the page without scripts proposes is the same.
  const { body } = await tom.send({ path: `/payments/new?member=${encodeURIComponent(await page.inputValue("#member"))}` });
  assert.ok(body.includes(`value="${proposed}"`));
  const due = await page.inputValue("#amount");
  // Another amount is said, and taken.
  await page.fill("#amount", "1,23");
  await page.locator("#label").focus();
  assert.match(await tom.text("#amount-hint"), /Il est dû/);
  await page.fill("#amount", due);
  await page.locator("#label").focus();
  assert.equal(await page.locator("#amount-hint").innerText(), "");
  // The last day follows the first one.
  await page.fill("#period_from", "2026-01-01");
  await page.locator("#label").focus();
  assert.equal(await page.inputValue("#period_until"), "2026-12-31");
});

journey("no suggestions come: the field says so and takes what is typed", { javaScript: [true] }, async ({ server, signedIn }) => {
  const tom = await signedIn("tom");
  await tom.open("/payments/new");
  const status = tom.page.locator("#member ~ [role=status]").first();
  await tom.page.locator("#member").pressSequentially("zzzzz");
  await tom.page.waitForFunction(() => /Aucun membre/.test(document.querySelector("#member ~ [role=status]")?.textContent));
  await server.down();
  await tom.page.fill("#member", "benam");
  await tom.page.waitForFunction(() => /pas répondu/.test(document.querySelector("#member ~ [role=status]")?.textContent));
  assert.match(await status.innerText(), /Un nom entier/);
  await server.up();
  tom.takeFaults();
});

journey("a validation in the queue keeps the place in the list", { javaScript: [true] }, async ({ signedIn }) => {
  const claire = await signedIn("claire");
  const { page } = claire;
  await claire.open("/payments/queue");
  await page.evaluate(() => (window.stays = true));
  const rows = page.locator("main tbody tr");
  const before = await rows.count();
  for (const key of ["j", "j", "j", "j", "x"]) await page.keyboard.press(key);
  const at = await rows.evaluateAll((all) => all.findIndex((row) => row.classList.contains("is-cursor")));
  assert.equal(await claire.leads(() => page.keyboard.press("v")), 200);
  assert.equal(await rows.count(), before - 1);
  assert.equal(await page.evaluate(() => window.stays), true);
  await page.locator("main tbody tr.is-cursor").waitFor();
  assert.equal(await rows.evaluateAll((all) => all.findIndex((row) => row.classList.contains("is-cursor"))), at);
  // The keys act on the list that is there now, once.
  await page.keyboard.press("j");
  assert.equal(await rows.evaluateAll((all) => all.findIndex((row) => row.classList.contains("is-cursor"))), at + 1);
});
