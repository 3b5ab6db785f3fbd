// A file that names dues: what each name means is asked once, and the next file knows it.

import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { journey } from "../lib/journey.mjs";

const MAIN_BUTTON = 'main form[method="post"] button.is-primary:not([name="next"])';
const HEADERS = "Numéro de membre;Membre;Formule;Montant;Date de paiement";

function fileOf(...rows) {
  const path = join(mkdtempSync(join(tmpdir(), "equipage-import-")), "anciens.csv");
  writeFileSync(path, [HEADERS, ...rows, ""].join("\n"));
  return path;
}

async function upload(person, file) {
  await person.open("/members/import");
  await person.fill({ file });
  assert.equal(await person.press(person.page.locator(MAIN_BUTTON).last()), 200);
}

journey("a kind of dues that a file names is made, given to its members, and known the next time", {}, async ({ signedIn }) => {
  const ines = await signedIn("ines");
  await upload(ines, fileOf("801;Odile Vasseur;Mécénat;45;01/02/2026", "802;Remi Vasseur;Mécénat;45;01/02/2026", "803;Noé Vasseur;;30;01/02/2026"));
  const { page } = ines;
  const rows = page.locator("section[aria-labelledby=kinds] tbody tr");
  assert.equal(await rows.count(), 1);
  assert.match(await rows.innerText(), /Mécénat\s+2 lignes/);
  await rows.locator("select").selectOption("new");
  // The name and the amount are the file's. A period of no months is refused where it was typed.
  assert.equal(await rows.locator("[name=kind_names]").inputValue(), "Mécénat");
  assert.equal(await rows.locator("[name=kind_amounts]").inputValue(), "45,00");
  await rows.locator("[name=kind_months]").fill("0");
  assert.equal(await ines.press(page.locator(MAIN_BUTTON).last()), 422);
  assert.equal(await page.locator("#kind_months_0-error").count(), 1);
  assert.equal(await rows.locator("[name=kind_months]").inputValue(), "0");
  await rows.locator("[name=kind_months]").fill("12");
  assert.equal(await ines.press(page.locator(MAIN_BUTTON).last()), 200);
  assert.match(await ines.text("main"), /Cotisation dite pour 2 membres, 1 nouvelle/);
  assert.equal(await ines.press(page.locator('main form[action$="/apply"] button').last()), 200);
  const done = ines.path();

  const { body } = await ines.send({ path: "/members?q=Odile" });
  await ines.open(body.match(/href="(\/members\/[0-9a-f-]{36})"/)[1]);
  assert.match(await ines.text("main"), /Mécénat/);

  await upload(ines, fileOf("804;Paul Vasseur;Mécénat;45;01/02/2026"));
  assert.equal(await rows.locator("select option:checked").innerText(), "Mécénat");

  // Undone, nothing of it is left, but for what somebody else uses by now.
  await ines.open(done);
  await page.locator("main details summary").last().click();
  assert.equal(await ines.press(ines.button(`${done}/undo`)), 200);
  const { body: dues } = await ines.send({ path: "/dues" });
  assert.doesNotMatch(dues, /Mécénat/);
});
