// What people come for, from one end to the other: an administrator who sets up a crew and its services from nothing, a
// treasurer's month, a member's visit.

import assert from "node:assert/strict";
import { journey } from "../lib/journey.mjs";
import { addPayment, validateInQueue } from "../lib/steps.mjs";

const SECRET = "quatre mots mis bout à bout";

/** A person, a crew without a right of its own, and a login by a link: gives the link's path. */
async function aCrewOfOne(ines) {
  await ines.open("/people/new");
  await ines.fill({ given_name: "Ysé", name: "Ferrand" });
  assert.equal(await ines.press(ines.button("/people/new")), 200);
  const person = ines.path();
  await ines.open("/crews/new");
  await ines.fill({ name: "Équipe Montauban" });
  assert.equal(await ines.press(ines.button("/crews/new")), 200);
  const crew = ines.path();
  await ines.fill({ person: "ferrand ysé" });
  assert.equal(await ines.press(ines.button(`${crew}/people`)), 200);
  await ines.open(person);
  assert.equal(await ines.press(ines.button(`${person}/login`)), 200);
  return new URL(await ines.page.locator(".copy code").innerText()).pathname;
}

journey("an administrator sets up a crew with a type of services from nothing, and it works at once", {}, async ({ arrive, signedIn }) => {
  const ines = await signedIn("ines");
  const link = await aCrewOfOne(ines);
  await ines.open("/service-types/new");
  const crew = await ines.page.locator('main select[name="crew"] option', { hasText: "Équipe Montauban" }).getAttribute("value");
  const type = await ines.fill({ name: "Abo Montauban", crew, months: "1", price: "25,00" });
  assert.equal(await ines.press(type.locator("button.is-primary")), 200);

  const yse = await arrive();
  await yse.open(link);
  await yse.fill({ password: SECRET });
  assert.equal(await yse.press(yse.button(link)), 200);
  assert.equal(await yse.signIn("yse", SECRET), 200);
  await yse.open("/services/new");
  const kinds = await yse.page.locator('main select[name="kind"] option').allInnerTexts();
  assert.deepEqual(kinds.filter((kind) => kind.includes("VPN")), [], "only the crew's own types");
  const kind = await yse.page.locator('main select[name="kind"] option', { hasText: "Abo Montauban" }).getAttribute("value");
  const form = await yse.fill({ kind, label: "montauban-1", member: "Léa Benamar", from_on: "2026-01-01" });
  assert.equal(await yse.press(form.locator("button.is-primary")), 200);
  const service = yse.path();
  await yse.open("/services");
  assert.equal(await yse.page.locator("main tbody tr").count(), 1, "and only its own services");
  // The administrator has set it up, and sees nothing of what is in it.
  assert.equal((await ines.send({ path: service })).status, 404);
  const lea = await signedIn("lea");
  await lea.open("/me");
  assert.match(await lea.text("main"), /montauban-1 Abo Montauban/);
});

journey("a treasurer's month: what waits is validated, has its receipt, and is counted", {}, async ({ signedIn }) => {
  const [tom, claire] = [await signedIn("tom"), await signedIn("claire")];
  await claire.open("/");
  const waiting = () => claire.text('nav a[href="/payments/queue"]').then((text) => Number(text.replace(/\D/g, "")));
  const before = await waiting();
  const payments = [];
  for (const amount of ["31,00", "32,00"]) {
    payments.push(await addPayment(tom, "benamar", { amount, method: "cheque", label: "Mois de la trésorière" }));
  }
  assert.equal(await validateInQueue(claire, payments, "?q=tr%C3%A9sori%C3%A8re"), 200);
  await claire.open("/payments?q=tr%C3%A9sori%C3%A8re");
  assert.equal(await waiting(), before, "nothing more waits than before");
  assert.match(await claire.text("main table"), /32,00 €.*validé.*31,00 €.*validé/);
  await claire.open(payments[0]);
  const receipt = claire.page.locator('main a[href^="/receipts/"]').first();
  assert.equal(await claire.press(receipt), 200);
  assert.match(await claire.text("main"), /31,00/);
  // Who enters does not validate, and what is validated stays.
  const form = { version: "2", member: "Léa Benamar", amount: "1", method: "cash", received_on: "2026-01-01" };
  assert.equal((await tom.send({ method: "POST", path: `${payments[0]}/edit`, form })).status, 409);
  for (const path of ["/reminders", "/statistics", "/receipts"]) await claire.open(path);
});

journey("a member's visit: one's own payments and receipts, and nobody else's", {}, async ({ signedIn }) => {
  const lea = await signedIn("lea");
  await lea.open("/me");
  const text = await lea.text("main");
  assert.match(text, /Prochaine cotisation.*Mes paiements/);
  assert.match(text, /RF\d{2}/, "the reference for a transfer");
  const receipt = lea.page.locator('main a[href^="/receipts/"]').first();
  assert.equal(await lea.press(receipt), 200);
  assert.match(await lea.text("main"), /Léa Benamar/);
  for (const path of ["/members", "/people", "/payments", "/services", "/services/import", "/addresses", "/statistics", "/reminders"]) {
    assert.equal((await lea.send({ path })).status, 404, path);
  }
});
