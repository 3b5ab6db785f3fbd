// The product's main job from one end to the other, in either language: a crew member imports and enters, the bank
// crew validates, the member sees it, and from then on nobody changes it.

import assert from "node:assert/strict";
import { addPayment, changePayment, importFile, reversePayment, validateInQueue } from "./steps.mjs";

const IMPORTED = 40;

export async function mainJourney({ words, tom, claire, lea }) {
  await imports(tom);
  const payment = await enters(tom, words);
  await claire.open(payment);
  assert.equal(await validateInQueue(claire, [payment], "?q=E2E"), 200);
  await claire.open("/payments/queue?q=E2E");
  assert.equal(await claire.page.locator('main tbody input[type="checkbox"]').count(), 0, "it waits no more");
  await theMemberSees(lea, words.shown, words.validated);
  await isFrozen(tom, payment, words);
  const reversal = await reversePayment(tom, payment, "E2E: it came back");
  await claire.open(reversal);
  assert.ok((await claire.text("main")).includes(words.taken));
  assert.equal(await claire.press(claire.button(`${reversal}/validate`)), 200);
  await tom.open(payment);
  assert.match(await tom.text("main .badge"), new RegExp(words.reversed));
  await theMemberSees(lea, words.shown, words.reversed);
}

async function imports(tom) {
  await importFile(tom, "paheko-members.csv");
  await tom.open("/members?q=Family17");
  assert.match(await tom.text("main tbody"), /Member 0000017 Family17/);
  const waiting = () => tom.text('nav a[href="/payments/queue"]').then((text) => Number(text.replace(/\D/g, "")));
  const before = await waiting();
  await importFile(tom, "paheko-subscriptions.csv", { amount: "30" });
  await tom.open("/payments?q=Family");
  assert.equal(await waiting(), before + IMPORTED, "what they paid waits for the bank crew");
  // The same file again adds nothing.
  await importFile(tom, "paheko-subscriptions.csv", { amount: "30" });
  await tom.open("/payments?q=Family");
  assert.equal(await waiting(), before + IMPORTED, "the same file a second time adds nothing");
}

async function enters(tom, words) {
  const payment = await addPayment(tom, "benamar", { amount: words.amount, method: "cheque", label: "E2E" });
  await tom.open(payment);
  const text = await tom.text("main");
  assert.ok(text.includes("Léa Benamar"), text);
  assert.match(text, words.waits);
  assert.equal(await changePayment(tom, payment, { amount: words.changed }), 200);
  await tom.open(payment);
  assert.ok((await tom.text("main")).includes(words.shown));
  return payment;
}

async function theMemberSees(lea, amount, state) {
  await lea.open("/me");
  const row = lea.page.locator("main tbody tr", { hasText: "E2E" }).filter({ hasText: amount.replace(/^[^\d]*|[^\d]*$/g, "") }).last();
  const text = (await row.innerText()).toLowerCase();
  assert.ok(text.includes(state), `${state}: ${text}`);
}

/** The screen says why it is locked; a request that does not ask the screen is refused too. */
async function isFrozen(tom, payment, words) {
  await tom.open(payment);
  assert.match(await tom.text("main"), words.frozen);
  assert.equal(await tom.page.locator(`main a[href="${payment}/edit"], main form[action="${payment}/delete"]`).count(), 0);
  const before = await tom.send({ path: payment });
  const form = { version: "3", member: "Léa Benamar", amount: "1", method: "cash", received_on: "2026-01-01", label: "E2E", note: "" };
  for (const version of ["1", "2", "3", "4"]) {
    for (const end of ["edit", "delete"]) {
      const answer = await tom.send({ method: "POST", path: `${payment}/${end}`, form: { ...form, version } });
      assert.equal(answer.status, 409, `${end} of what is validated`);
      assert.match(answer.body, words.refusedFrozen);
    }
  }
  assert.equal((await tom.send({ path: payment })).body.replace(/nonce="[^"]*"/g, ""), before.body.replace(/nonce="[^"]*"/g, ""));
}
