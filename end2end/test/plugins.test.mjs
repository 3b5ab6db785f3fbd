// Plugins: an administrator sets one up, its target fails, the crews see nothing of it; the administrator finds it in the
// journal, the target is mended, and trying all again carries everything.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { after } from "node:test";
import { journey } from "../lib/journey.mjs";

const SECRET = Buffer.from("a secret of 24 bytes or so");
const LONG_MS = 20_000;

/** A receiver of webhooks that looks at signatures and times, and takes each message once. */
const target = { broken: false, taken: new Map(), seen: new Set(), wrong: [] };
const server = createServer((request, answer) => {
  let body = "";
  request.setEncoding("utf8").on("data", (text) => (body += text));
  request.on("end", () => {
    const [id, at] = [request.headers["webhook-id"], request.headers["webhook-timestamp"]];
    const expected = createHmac("sha256", SECRET).update(`${id}.${at}.${body}`).digest("base64");
    if (request.headers["webhook-signature"] !== `v1,${expected}`) target.wrong.push("a signature");
    if (Math.abs(Date.now() / 1000 - Number(at)) > 300) target.wrong.push("a time");
    if (target.broken) return answer.writeHead(422).end("the other system is being mended\n");
    if (!target.seen.has(id)) {
      target.seen.add(id);
      const { type, data } = JSON.parse(body);
      target.taken.set(data.id, { type, name: data.name ?? data.label });
    }
    answer.writeHead(204).end();
  });
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const host = `127.0.0.1:${server.address().port}`;
after(() => server.close());

const env = {
  EQUIPAGE_PLUGINS__PRIVATE_HOSTS: `["${host}"]`,
  EQUIPAGE_BANK_KEY: `one:${"ab".repeat(32)}`,
};

async function until(what, holds) {
  const end = Date.now() + LONG_MS;
  while (!(await holds())) {
    assert.ok(Date.now() < end, what);
    await new Promise((done) => setTimeout(done, 100));
  }
}

const names = () => [...target.taken.values()].map((one) => one.name);

journey("a plugin is set up, fails, is found in the journal, and carries everything in the end", { env }, async ({ signedIn }) => {
  Object.assign(target, { broken: false, taken: new Map(), seen: new Set(), wrong: [] });
  const ines = await signedIn("ines");
  await ines.open("/settings");
  assert.equal(await ines.press('a[href="/settings/plugins"]'), 200);
  await ines.press('a[href="/settings/plugins/new"]');
  await ines.press('a[href="/settings/plugins/new?kind=webhook"]');
  await ines.fill({ name: "Annuaire", set_url: "http://example.org/", set_secret: "hush" });
  const form = ines.page.locator('main form[action="/settings/plugins/new"]');
  for (const kind of ["person", "service", "payment"]) await form.locator(`[name="wants_${kind}"]`).uncheck();
  assert.equal(await ines.press(form.locator("button.is-primary")), 422);
  assert.match(await ines.text("#set_url-error"), /permis/);
  assert.match(await ines.text("#set_secret-error"), /whsec_/);
  assert.equal(await ines.page.inputValue('[name="set_url"]'), "http://example.org/");
  await ines.fill({ set_url: `http://${host}/hook`, set_secret: `whsec_${SECRET.toString("base64")}` });
  assert.equal(await ines.press(form.locator("button.is-primary")), 200);
  const plugin = ines.path();
  assert.equal(await ines.page.inputValue('[name="set_secret"]'), "", "a secret is never shown");

  // What was there is carried, and then each change.
  await until("the crews are carried", () => names().length >= 3);
  await ines.open("/crews/new");
  await ines.fill({ name: "Bricolage" });
  assert.equal(await ines.press(ines.button("/crews/new")), 200);
  await until("a new crew is carried", () => names().includes("Bricolage"));

  // The target breaks: the change is made at once, and nobody but the administrator hears of it.
  target.broken = true;
  await ines.open("/crews/new");
  await ines.fill({ name: "Cuisine" });
  const begun = Date.now();
  assert.equal(await ines.press(ines.button("/crews/new")), 200);
  assert.ok(Date.now() - begun < 5_000, "the answer does not wait for the plugin");
  const claire = await signedIn("claire");
  assert.equal(await claire.page.locator('nav a[href="/journal"]').count(), 0);
  await claire.open("/journal", 403);
  await until("the journal tells", async () => {
    await ines.open("/journal");
    return (await ines.page.locator("main tbody tr").count()) === 1;
  });
  assert.match(await ines.text("main tbody tr"), /J1.*Cuisine.*Annuaire.*a échoué.*answered with 422/);
  await ines.press(ines.page.locator("main tbody a.row-link"));
  assert.match(await ines.text("main"), /the other system is being mended|422/);
  const entry = ines.path();
  const leave = ines.page.locator(`main form[action="${entry}/give-up"]`);
  assert.equal(await ines.press(leave.locator("button")), 422);
  assert.match(await ines.text("#reason-error"), /raison|pourquoi|Il faut/i);

  // It is mended: all is tried again, and the journal is empty.
  target.broken = false;
  await ines.open("/journal");
  assert.equal(await ines.press('main form[action="/journal/retry"] button'), 200);
  await until("it is carried after all", () => names().includes("Cuisine"));
  await until("the journal is empty", async () => {
    await ines.open("/journal");
    return (await ines.page.locator("main .empty").count()) === 1;
  });
  await ines.open(entry);
  assert.match(await ines.text("main"), /réessai demandé/);
  assert.match(await ines.text("main"), /réussi/);

  // A crew that goes is told of, too.
  await ines.open("/crews");
  await ines.press(ines.page.locator("main a", { hasText: "Bricolage" }).first());
  const crew = ines.path().split("/").pop();
  assert.equal(await ines.press(`main form[action="/crews/${crew}/delete"] button`), 200);
  await until("its end is told", () => target.taken.get(crew)?.type === "crew.deleted");
  assert.deepEqual(target.wrong, []);

  await ines.open(plugin);
  assert.match(await ines.text("main"), /en marche/);
  assert.equal(await ines.press(`main form[action="${plugin}/again"] button`), 200);
  assert.equal(await ines.press(`main form[action="${plugin}/delete"] button`), 200);
  assert.match(await ines.text("main"), /Aucun greffon/);
});
