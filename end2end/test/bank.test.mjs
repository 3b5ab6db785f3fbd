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
