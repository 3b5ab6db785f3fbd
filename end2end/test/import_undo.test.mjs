// A whole import is taken back, as long as nobody has built on it; what was chosen for a file is there the next time.

import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { journey } from "../lib/journey.mjs";

const MAIN_BUTTON = 'main form[method="post"] button.is-primary:not([name="next"])';
const HEADERS = "Numéro de membre;Membre;Adresse E-Mail;Montant;Date de paiement";
const FILE = `${HEADERS}\n701;Zélie Quatremère;zelie@exemple.org;25;01/02/2026\n702;Aldo Quatremère;aldo@exemple.org;30;02/02/2026\n`;

function fileOf(name, text) {
  const path = join(mkdtempSync(join(tmpdir(), "equipage-import-")), name);
  writeFileSync(path, text);
  return path;
}

async function upload(person, file) {
  await person.open("/members/import");
  await person.fill({ file });
  assert.equal(await person.press(person.page.locator(MAIN_BUTTON).last()), 200);
}

/** Uploads, goes past the columns, and applies. Gives the import's path. */
async function bring(person, file) {
  await upload(person, file);
  if (person.path().endsWith("/columns")) assert.equal(await person.press(person.page.locator(MAIN_BUTTON).last()), 200);
  assert.equal(await person.press(person.page.locator('main form[action$="/apply"] button').last()), 200);
  return person.path();
}

async function found(person, words) {
  const { body } = await person.send({ path: `/members?q=${encodeURIComponent(words)}` });
  return (body.match(/href="\/members\/[0-9a-f-]{36}"/g) ?? []).length;
}

async function takeBack(person, path) {
  await person.open(path);
  await person.page.locator("main details summary").last().click();
  return person.press(person.button(`${path}/undo`));
}

journey("an import is seen, taken back, and imported again", {}, async ({ signedIn }) => {
  const tom = await signedIn("tom");
  const file = fileOf("anciens.csv", FILE);
  const path = await bring(tom, file);
  assert.equal(await found(tom, "Quatremère"), 2);
  assert.match(await tom.text("main"), /2 membres importés/);
  assert.equal(await takeBack(tom, path), 200);
  assert.equal(tom.path(), path);
  assert.match(await tom.text("main"), /Import annulé.*2 membres et 2 paiements retirés/);
  assert.equal(await found(tom, "Quatremère"), 0);
  await tom.open("/members/import");
  assert.match(await tom.text("main table"), /anciens\.csv.*annulé/);
  // The same file again: nothing of the first time stands in its way.
  const again = await bring(tom, file);
  assert.notEqual(again, path);
  assert.equal(await found(tom, "Quatremère"), 2);
});

journey("an import that was built upon stays, and says by what", {}, async ({ signedIn }) => {
  const tom = await signedIn("tom");
  const path = await bring(tom, fileOf("anciens.csv", FILE));
  // The page was open before the bank crew came.
  await tom.open(path);
  await tom.page.locator("main details summary").last().click();
  const claire = await signedIn("claire");
  await claire.open("/payments?q=Zélie");
  await claire.press(claire.page.locator('main tbody a[href^="/payments/"]').first());
  const payment = claire.path();
  assert.equal(await claire.press(claire.button(`${payment}/validate`)), 200);
  assert.equal(await tom.press(tom.button(`${path}/undo`)), 409);
  assert.match(await tom.text("main"), /ne peut plus être annulé.*Zélie Quatremère – un paiement est validé/);
  assert.equal(await tom.page.locator(`form[action="${path}/undo"]`).count(), 0);
  assert.equal(await found(tom, "Quatremère"), 2);
});

journey("what was chosen for a file is there for the next one, and can be forgotten", {}, async ({ signedIn }) => {
  const tom = await signedIn("tom");
  const text = "wer;wo\nZélie Quatremère;zelie@exemple.org\n";
  await upload(tom, fileOf("liste.csv", text));
  const chosen = () => tom.page.locator('main select[name="columns"]').evaluateAll((all) => all.map((e) => e.value));
  assert.deepEqual(await chosen(), ["ignore", "ignore"]);
  await tom.page.locator("#column_0").selectOption("name");
  await tom.page.locator("#column_1").selectOption("email");
  assert.equal(await tom.press(tom.page.locator(MAIN_BUTTON).last()), 200);
  await upload(tom, fileOf("liste-2.csv", text));
  assert.deepEqual(await chosen(), ["name", "email"]);
  assert.match(await tom.text("main"), /repris du dernier fichier semblable, le /);
  assert.equal(await tom.press(tom.page.locator('main form[action$="/forget"] button')), 200);
  assert.deepEqual(await chosen(), ["ignore", "ignore"]);
  assert.equal(await tom.page.locator('main form[action$="/forget"]').count(), 0);
});
