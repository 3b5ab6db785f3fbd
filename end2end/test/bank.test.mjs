// Bank details: entered by who looks after members, seen whole by who validates payments and only when they ask.

import assert from "node:assert/strict";
import { journey } from "../lib/journey.mjs";
import { someLink } from "../lib/pages.mjs";

const IBAN = "FR76 3000 6000 0112 3456 7890 189";
const PLAIN = IBAN.replaceAll(" ", "");

journey("an account is entered, shown shortened, and seen whole by who may, which is recorded", {}, async ({ signedIn, javaScript }) => {
  const tom = await signedIn("tom");
  const party = await someLink(tom, "/people?q=Almeida", "/people");
  await tom.open(`${party}/bank`);
  // A digit too many is refused, and what was typed stays.
  let form = await tom.fill({ iban: `${IBAN}0`, bic: "AGRIFRPP" });
  assert.equal(await tom.press(form.locator("button.is-primary")), 422);
  assert.equal(await tom.page.locator("#iban-error").count(), 1);
  assert.equal(await tom.page.locator('[name="bic"]').inputValue(), "AGRIFRPP");
  form = await tom.fill({ iban: IBAN });
  assert.equal(await tom.press(form.locator("button.is-primary")), 200);
  assert.match(await tom.text("main"), /FR76 •••• 0189.*AGRIFRPP.*utilisé/);
  assert.ok(!(await tom.page.content()).includes("30006000"));
  // Who enters may not see the whole number.
  assert.equal(await tom.page.locator('form[action$="/show"]').count(), 0);

  const claire = await signedIn("claire");
  await claire.open(party);
  assert.match(await claire.text("main"), /FR76 •••• 0189/);
  await claire.open(`${party}/bank`);
  assert.equal(await claire.press(claire.page.locator('form[action$="/show"] button').first()), 200);
  assert.match(await claire.text("main .copy"), new RegExp(IBAN));
  assert.equal(await claire.page.locator("main .copy button").count(), javaScript ? 1 : 0);
  await claire.open(party);
  assert.ok(!(await claire.page.content()).includes(PLAIN));
  assert.match(await claire.text("main"), /Compte bancaire vu en entier/);

  const lea = await signedIn("lea");
  await lea.open("/me");
  assert.match(await lea.text("main"), /Coordonnées bancaires.*BE68 •••• 7034/);
});

journey("a mandate is entered, printed in the member's language, seen by the member, and revoked", {}, async ({ signedIn }) => {
  const ines = await signedIn("ines");
  await ines.open("/settings");
  let form = await ines.fill({ creditor_id: "FR73ZZZ123456" });
  assert.equal(await ines.press(form.locator("button.is-primary")), 422);
  assert.equal(await ines.page.locator("#creditor_id-error").count(), 1);
  form = await ines.fill({ creditor_id: "FR72 ZZZ 123456" });
  assert.equal(await ines.press(form.locator("button.is-primary")), 200);

  const tom = await signedIn("tom");
  const lea = await someLink(tom, "/people?q=Benamar+L%C3%A9a", "/people");
  await tom.open(`${lea}/bank`);
  await tom.page.locator("main details summary").first().click();
  // The reference of another mandate, in small letters, is refused; what was typed stays.
  form = await tom.fill({ reference: "nuage-2026-001", signed_on: "2026-03-14" });
  assert.equal(await tom.press(form.locator("button.is-primary")), 422);
  assert.equal(await tom.page.locator("#reference-error").count(), 1);
  assert.equal(await tom.page.locator('[name="signed_on"]').inputValue(), "2026-03-14");
  form = await tom.fill({ reference: "NUAGE-2026-002" });
  assert.equal(await tom.press(form.locator("button.is-primary")), 200);
  assert.match(await tom.text("main article"), /Mandat de prélèvement SEPA.*NUAGE-2026-002.*FR72ZZZ123456.*BE68 •••• 7034.*14 mars 2026/);

  // An account for which something was signed stays.
  await tom.open(`${lea}/bank`);
  assert.equal(await tom.press(tom.page.locator('form[action$="/remove"] button').first()), 409);
  assert.match(await tom.text("main"), /Un mandat a été signé pour ce compte/);
  assert.equal(await tom.press(tom.page.locator('form[action$="/revoke"] button').first()), 200);
  assert.match(await tom.text("main"), /révoqué le/);

  const member = await signedIn("lea");
  await member.open("/me");
  assert.match(await member.text("main"), /Mandats de prélèvement.*NUAGE-2026-00\d.*NUAGE-2026-00\d/);
});
