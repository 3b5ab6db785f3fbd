// What is kept about a person is handed to them, and erased: with what stays and why, and the audit still verified.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { journey } from "../lib/journey.mjs";

journey("a person is shown what goes and what stays, erased, found nowhere, and the audit is still whole", {}, async ({ signedIn, javaScript }) => {
  const ines = await signedIn("ines");
  await ines.open("/people/new");
  const name = javaScript ? "Effacette" : "Effaçon";
  let form = await ines.fill({ given_name: "Zoé", name, email: `${javaScript ? "a" : "b"}@effacer.example.org`, note: "une remarque" });
  await ines.press(form.locator("button.is-primary"));
  const person = new URL(ines.page.url()).pathname;
  const [download] = await (async () => {
    await ines.open(`${person}/data`);
    assert.match(await ines.text("main"), /une remarque/);
    return Promise.all([ines.page.waitForEvent("download"), ines.page.locator('main form[action$="/data"] button').click()]);
  })();
  assert.match(await readFile(await download.path(), "utf8"), /effacer\.example\.org/);

  await ines.open(person);
  assert.equal(await ines.press(ines.page.locator('main a[href$="/erase"]')), 200);
  assert.match(await ines.text("main"), /Ce qui part.*Fiche.*Ce qui reste, et pourquoi/s);
  form = await ines.fill({ confirmation: "Zoé Autre" });
  assert.equal(await ines.press(form.locator("button.is-danger")), 422);
  assert.equal(await ines.page.locator('[name="confirmation"]').inputValue(), "Zoé Autre");
  assert.equal(await ines.page.locator("#reason-error").count(), 1);
  await ines.page.locator('[name="reason"]').selectOption("asked");
  form = await ines.fill({ confirmation: `zoe ${name}` });
  assert.equal(await ines.press(form.locator("button.is-danger")), 200);
  assert.match(await ines.text("main h1"), /Personne effacée/);
  assert.ok(!(await ines.page.content()).includes(name));
  for (const path of [`/people?q=${encodeURIComponent(name)}`, `/audit?q=${encodeURIComponent(name)}`]) {
    await ines.open(path);
    assert.equal(await ines.page.locator("main tbody tr").count(), 0, path);
  }
  await ines.open("/audit?action=erased");
  assert.match(await ines.text("main tbody"), /Personne effacée/);
  await ines.open("/audit/integrity");
  assert.match(await ines.text("main .notice"), /Tout est comme écrit/);

  // A member sees what is kept about them, and what blocks their erasure is said.
  const lea = await signedIn("lea");
  await lea.open("/me");
  assert.equal(await lea.press(lea.page.locator('main a[href="/me/data"]')), 200);
  assert.match(await lea.text("main"), /Benamar/);
  await lea.open(`${person}/erase`, 403);
});
