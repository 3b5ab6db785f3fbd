// Reminders: an administrator decides and writes the words, a crew member sends, and they arrive; once.

import assert from "node:assert/strict";
import { after } from "node:test";
import { journey } from "../lib/journey.mjs";
import { startMail } from "../lib/mail.mjs";

const mail = await startMail();
after(() => mail.stop());

journey("reminders are decided, written, looked at and sent, and arrive once", { env: mail.env }, async ({ signedIn }) => {
  mail.forget();
  const ines = await signedIn("ines");
  await ines.open("/settings/mail");
  let form = await ines.fill({ steps: "sept", reply_to: "bureau@example.org" });
  await ines.page.locator('input[name="sending"][value="by_hand"]').check();
  assert.equal(await ines.press(form.locator("button.is-primary")), 422);
  assert.match(await ines.text("#steps-error"), /nombres de jours/);
  assert.equal(await ines.page.locator("#steps").inputValue(), "sept");
  form = await ines.fill({ steps: "−14, +7, +21, +35" });
  assert.equal(await ines.press(form.locator("button.is-primary")), 200);
  assert.equal(await ines.page.locator("#steps").inputValue(), "−14, +7, +21, +35");

  // A text with a mistake is refused with its line; what was typed stays.
  await ines.open("/settings/mail/text?stage=after&locale=fr");
  const wrong = "Bonjour {{ name }},\n\nIl manque {{ montant }}.";
  form = await ines.fill({ subject: "Rappel de {{ organisation }}", body: wrong });
  assert.equal(await ines.press(form.locator('button[value="save"]')), 422);
  assert.match(await ines.text("#body-error"), /Ligne 3 : « montant » n’existe pas/);
  assert.equal((await ines.page.locator("#body").inputValue()).replaceAll("\r", ""), wrong);
  form = await ines.fill({ body: "Bonjour {{ name }},\n\nil manque {{ amount }} : {{ page }} été <b>" });
  assert.equal(await ines.press(form.locator('button[value="preview"]')), 200);
  assert.match(await ines.text(".card"), /Rappel de Nuage Libre Bonjour .+, il manque .+€ : http:\/\/.+\/me été <b>/);
  form = ines.page.locator("main form.form");
  assert.equal(await ines.press(form.locator('button[value="save"]')), 200);

  const tom = await signedIn("tom");
  await tom.open("/reminders?why=send");
  const rows = await tom.page.locator("main tbody tr").count();
  const button = tom.page.locator('main form[action="/reminders"] button.is-primary');
  const count = Number((await button.textContent()).match(/Envoyer (\d+) rappels/)[1]);
  assert.ok(count > 1 && rows === Math.min(count, 50), `${count} on the button, ${rows} rows`);
  assert.equal(await tom.press(button), 200);
  assert.match(await tom.text(".notice"), new RegExp(`${count} rappels partent maintenant`));
  assert.equal(await tom.page.locator('main form[action="/reminders"] button.is-primary').count(), 0, "nothing more to send");

  const mails = await mail.taken(count);
  assert.equal(mails.length, count);
  const after7 = mails.find((m) => m.headers.subject === "Rappel de Nuage Libre");
  assert.ok(after7, mails.map((m) => m.headers.subject).join());
  assert.match(after7.text, /^Bonjour .+,\r?\n\r?\nil manque .+€ : http:\/\/.*localhost:\d+\/me été <b>/);
  assert.match(after7.headers.from, /Nuage Libre.*<equipage@example\.org>/);
  assert.match(after7.headers["reply-to"], /bureau@example\.org/);
  assert.equal(new Set(mails.map((m) => m.headers["message-id"])).size, count);

  // It says so at the member, and nothing more is sent.
  await tom.open("/reminders?why=already");
  assert.equal(await tom.press(tom.page.locator("main tbody a.row-link").first()), 200);
  assert.match(await tom.text('section[aria-labelledby="reminders"]'), /remis au serveur/);
  assert.equal((await mail.taken(count + 1, 300)).length, count);
});

journey("where mail is not set up, it says so, and nothing is sent", { javaScript: [false] }, async ({ signedIn }) => {
  const ines = await signedIn("ines");
  await ines.open("/reminders");
  assert.match(await ines.text("main .notice"), /n’est pas configuré/);
  assert.equal(await ines.page.locator('main form[action="/reminders"] button.is-primary').count(), 0);
  await ines.open("/settings/mail");
  assert.match(await ines.text("main .notice"), /n’est pas configuré/);
});
