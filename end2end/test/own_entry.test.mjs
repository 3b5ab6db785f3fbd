// Four eyes: whoever entered a payment does not validate it, unless the organisation decided otherwise.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { journey } from "../lib/journey.mjs";
import { addPayment, inQueue, validateInQueue } from "../lib/steps.mjs";
import { WORDS } from "../lib/words.mjs";

const { ownEntry, refusedOwn } = WORDS.fr;

journey("who entered a payment cannot validate it, until the organisation decides otherwise", {}, async ({ signedIn }) => {
  const claire = await signedIn("claire");
  const payment = await addPayment(claire, "benamar", { amount: "12,34", method: "cash", label: "E2E" });
  const id = payment.split("/").pop();

  await claire.open(payment);
  assert.match(await claire.text("main"), ownEntry);
  assert.equal(await claire.page.locator(`main form[action="${payment}/validate"] button:not([disabled])`).count(), 0);
  await claire.open("/payments/queue?q=E2E");
  assert.equal(await inQueue(claire, payment).count(), 0);
  assert.match(await claire.text("main tbody"), ownEntry);

  // Who goes around the screen gets the same answer.
  const direct = await claire.send({ method: "POST", path: `${payment}/validate`, form: { key: randomUUID() } });
  assert.equal(direct.status, 403);
  assert.match(direct.body, refusedOwn);
  const form = await queueForm(claire);
  const many = await claire.send({ method: "POST", path: form.action, form: [["key", randomUUID()], [form.name, id]] });
  assert.match(many.body, refusedOwn);
  await claire.open(payment);
  assert.match(await claire.text("main"), /à valider/);

  const ines = await signedIn("ines");
  await ines.open("/settings");
  await ines.fill({ validation: "anyone" });
  assert.equal(await ines.press(ines.button("/settings")), 200);
  assert.equal(await ines.page.locator('[name="validation"][value="anyone"]').isChecked(), true);

  await validateInQueue(claire, [payment], "?q=E2E");
  await claire.open(payment);
  assert.match(await claire.text("main"), /Validé par Claire Marchetti/);
});

/** Where the queue's form goes, and how its boxes are called. */
async function queueForm(person) {
  await person.open("/payments/queue");
  const form = person.page.locator('main form[method="post"]:has(input[type="checkbox"])').first();
  const name = await form.locator('tbody input[type="checkbox"]').first().getAttribute("name");
  return { action: await form.getAttribute("action"), name };
}

journey("only the bank crew validates, and the right to validate gives no other", { javaScript: [false] }, async ({ signedIn }) => {
  const tom = await signedIn("tom");
  const payment = await addPayment(tom, "benamar", { amount: "12,34", method: "cash", label: "E2E" });
  const id = payment.split("/").pop();
  for (const who of ["tom", "ines", "lea"]) {
    const person = who === "tom" ? tom : await signedIn(who);
    for (const path of [`${payment}/validate`, "/payments/queue"]) {
      const answer = await person.send({ method: "POST", path, form: [["key", randomUUID()], ["ids", id], ["payment", id], ["id", id]] });
      assert.ok([403, 404].includes(answer.status), `${who}, ${path}: ${answer.status}`);
    }
  }
  await tom.open(payment);
  assert.match(await tom.text("main"), /à valider/);
  const claire = await signedIn("claire");
  assert.equal((await claire.send({ path: "/settings" })).status, 403);
  assert.equal((await claire.send({ path: "/audit" })).status, 403);
  assert.equal((await claire.send({ method: "POST", path: "/people/new", form: { key: randomUUID(), name: "Nom" } })).status, 403);
});

journey("a member sees their own page and nothing of the others", { javaScript: [false] }, async ({ signedIn }) => {
  const tom = await signedIn("tom");
  const lea = await signedIn("lea");
  for (const path of ["/members", "/people", "/payments", "/payments/queue", "/settings", "/audit", "/members/import", "/payments/new"]) {
    // What is not for somebody answers as if it were not there, or says which right it takes.
    assert.ok([403, 404].includes((await lea.send({ path })).status), path);
  }
  await tom.open("/payments?state=validated");
  const payment = await tom.page.locator('main tbody a[href^="/payments/"]').first().getAttribute("href");
  assert.ok([403, 404].includes((await lea.send({ path: payment })).status));
  await lea.open("/me");
  assert.match(await lea.text("main"), /Léa/);
});
