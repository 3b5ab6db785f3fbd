// Fields that an organisation declares for itself: an administrator declares them, a crew member fills them in, lists
// and files have them, and who may not see one meets it nowhere.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { journey } from "../lib/journey.mjs";

const FIELDS = "/settings/fields";

journey("a required choice and a date for few: declared, filled in, found, exported", {}, async ({ signedIn }) => {
  const ines = await signedIn("ines");
  await ines.open("/settings");
  assert.equal(await ines.press(`a[href="${FIELDS}"]`), 200);
  assert.match(await ines.text("section[aria-labelledby=person]"), /Compétences/);
  await ines.press(`a[href="${FIELDS}/new"]`);
  await ines.fill({ label: "Commission", required: "yes", listed: "yes" });
  await ines.page.selectOption('[name="on"]', "member");
  await ines.page.selectOption('[name="kind"]', "choice");
  assert.equal(await ines.press(ines.button(`${FIELDS}/new`)), 422);
  assert.equal(await ines.page.inputValue('[name="label"]'), "Commission", "what was typed is there");
  assert.equal(await ines.page.locator("#more-error").count(), 1, "a choice has answers");
  await ines.fill({ more: "Ateliers\nRéseau" });
  assert.equal(await ines.press(ines.button(`${FIELDS}/new`)), 200);
  await ines.press(`a[href="${FIELDS}/new"]`);
  await ines.fill({ label: "Casier vu le", seen_by: "settings", on: "member", kind: "date" });
  assert.equal(await ines.press(ines.button(`${FIELDS}/new`)), 200);
  const members = "section[aria-labelledby=member]";
  assert.match(await ines.text(members), /Papier.*Commission.*Casier vu le/i);
  await ines.press(ines.page.locator(members).getByRole("button", { name: "Monter Casier vu le" }));
  assert.match(await ines.text(members), /Casier vu le.*Commission/);

  // A crew member is asked for the one, and does not meet the other.
  const tom = await signedIn("tom");
  await tom.open("/members?q=benamar");
  await tom.press(tom.page.locator("main tbody th a").first());
  const member = tom.path();
  await tom.open(`${member}/edit`);
  assert.equal(await tom.page.locator('[name="extra_casier-vu-le"]').count(), 0);
  assert.equal(await tom.press(tom.button(`${member}/edit`)), 422);
  assert.match(await tom.text("#extra_commission-error"), /Il faut|obligatoire|remplir|répon/i);
  await tom.fill({ extra_commission: "c2" });
  assert.equal(await tom.press(tom.button(`${member}/edit`)), 200);
  assert.match(await tom.text("section[aria-labelledby=membership]"), /Commission Réseau/);

  await ines.open(`${member}/edit`);
  await ines.fill({ "extra_casier-vu-le": "2026-03-12" });
  assert.equal(await ines.press(ines.button(`${member}/edit`)), 200);
  assert.match(await ines.text("section[aria-labelledby=membership]"), /Casier vu le 12 mars 2026/);
  await tom.open(member);
  assert.doesNotMatch(await tom.page.content(), /Casier/);

  // The list has its column and its filter; the file has its column.
  await tom.open("/members?extra_commission=c2");
  assert.equal(await tom.page.inputValue('[name="extra_commission"]'), "c2");
  assert.match(await tom.text("main thead"), /Commission/);
  assert.deepEqual(await tom.page.locator("main tbody th").allInnerTexts(), ["Léa Benamar"]);
  const button = tom.page.locator('main form[action="/exports"] button[value="csv"]');
  const [download] = await Promise.all([tom.page.waitForEvent("download"), button.click()]);
  const [head, ...rows] = (await readFile(await download.path())).toString("utf8").trimEnd().split("\r\n");
  assert.equal(rows.length, 1);
  const at = head.split(";").indexOf("Commission");
  assert.equal(rows[0].split(";")[at], "Réseau");
  assert.doesNotMatch(head, /Casier/);
  await tom.open("/members?extra_casier-vu-le=2026-12-31");
  assert.ok((await tom.page.locator("main tbody tr").count()) > 1, "a filter over what one may not see says nothing");
  assert.equal((await tom.send({ path: FIELDS })).status, 403);

  // What was given stays, and can be archived.
  await ines.open(FIELDS);
  await ines.press(ines.page.getByRole("link", { name: "Commission" }));
  const field = ines.path();
  await ines.fill({ choice_c2: "" });
  assert.equal(await ines.press(ines.button(field)), 422);
  assert.match(await ines.text("#choice_c2-error"), /a été donnée/);
  assert.equal(await ines.page.locator(`form[action="${field}/delete"]`).count(), 0);
  assert.equal(await ines.press(ines.button(`${field}/archive`)), 200);
  await tom.open(member);
  assert.doesNotMatch(await tom.text("main"), /Commission Réseau/);
});

journey("a new member's form asks for what there is of a person or an organisation", {}, async ({ signedIn }) => {
  const tom = await signedIn("tom");
  await tom.open("/members/new");
  await tom.fill({ given_name: "Zoé", name: "Zola", extra_competences: "Soudure", extra_papier: "yes", extra_assurance: "" });
  assert.equal(await tom.page.locator(".if-person").isVisible(), true);
  await tom.page.locator('[name="kind"][value="organisation"]').check();
  assert.equal(await tom.page.locator(".if-person").isVisible(), false, "an organisation has no skills");
  await tom.page.locator('[name="kind"][value="person"]').check();
  assert.equal(await tom.press(tom.button("/members/new")), 200);
  assert.match(await tom.text("section[aria-labelledby=facts]"), /Compétences Soudure/);
  assert.match(await tom.text("section[aria-labelledby=membership]"), /Préfère le papier oui/);
});

journey("a field of one type of services is its crew's: in the form, the list and the filter", {}, async ({ signedIn }) => {
  const malik = await signedIn("malik");
  await malik.open("/services?extra_serveur=c2");
  assert.match(await malik.text("main thead"), /Serveur/);
  await malik.press(malik.page.locator("main tbody th a").first());
  const service = malik.path();
  assert.match(await malik.text("section[aria-labelledby=holder]"), /Serveur Paris/);
  await malik.open(`${service}/edit`);
  await malik.fill({ extra_serveur: "c1" });
  assert.equal(await malik.press(malik.button(`${service}/edit`)), 200);
  assert.match(await malik.text("section[aria-labelledby=holder]"), /Serveur Toulouse/);
  const jeanne = await signedIn("jeanne");
  for (const path of ["/services?extra_serveur=c2", "/services/new"]) {
    await jeanne.open(path);
    assert.doesNotMatch(await jeanne.page.content(), /Serveur</, path);
  }
  await jeanne.open("/services?extra_serveur=c2");
  assert.ok((await jeanne.page.locator("main tbody tr").count()) > 1, "another crew's field asks nothing");
});
