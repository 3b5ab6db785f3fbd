// Dues: a kind that an administrator makes, an amount of one's own with its reason, one transfer for several members.

import assert from "node:assert/strict";
import { journey } from "../lib/journey.mjs";
import { someLink, togetherOf } from "../lib/pages.mjs";

const KIND = "Tarif solidaire";

journey("a new kind of dues with an amount of one's own is proposed, and the form says why", {}, async ({ signedIn }) => {
  const ines = await signedIn("ines");
  await ines.open("/dues/new");
  const form = await ines.fill({ name: KIND, cycle: "months", months: "12", price: "20,00" });
  assert.equal(await ines.press(form.locator("button.is-primary")), 200);
  await ines.open("/dues");
  assert.match(await ines.text("main table"), /Tarif solidaire un an depuis l’adhésion 20,00 € 0/);

  const tom = await signedIn("tom");
  const member = await someLink(tom, "/members?standing=never_paid", "/members");
  await tom.open(`${member}/dues`);
  // Without a reason, an amount of one's own is refused, and stays where it was typed.
  const kind = await tom.page.locator('main select[name="kind"] option', { hasText: KIND }).getAttribute("value");
  const terms = { from_on: "2020-01-01", kind, amount: "12,50", reason: "" };
  let own = await tom.fill(terms);
  assert.equal(await tom.press(own.locator("button").last()), 422);
  assert.equal(await tom.page.locator('main [name="amount"]').first().inputValue(), "12,50");
  assert.equal(await tom.page.locator("#reason-error").count(), 1);
  own = await tom.fill({ ...terms, reason: "sans emploi" });
  assert.equal(await tom.press(own.locator("button").last()), 200);

  await tom.open(`/payments/new?member=${member.split("/").at(-1)}`);
  assert.equal(await tom.page.locator('main [name="amount"]').inputValue(), "12,50");
  assert.match(await tom.text("main"), /Proposé : .*Tarif solidaire.*sans emploi/);
});

journey("one transfer for several members becomes one payment each", {}, async ({ signedIn, javaScript }) => {
  const tom = await signedIn("tom");
  const path = await togetherOf(tom);
  await tom.open(path);
  const rows = tom.page.locator("main tbody tr");
  assert.equal(await rows.count(), 3);
  const names = await rows.locator("th").allInnerTexts();
  const sum = async () => (await tom.text("main [data-sum]")).replace(" ", "");
  assert.equal(await sum(), "90,00€");
  await rows.nth(2).locator('[name="pay"]').uncheck();
  await rows.nth(0).locator('[name="amount"]').fill("31,50");
  if (javaScript) assert.equal(await sum(), "61,50€");
  assert.equal(await tom.press(tom.button("/payments/together")), 200);

  await tom.open("/payments?entered_by=me&state=draft");
  const claire = await signedIn("claire");
  await claire.open("/payments/queue");
  const waiting = await claire.text("main table");
  const family = names.map((name) => name.split(/\s\d/)[0]);
  assert.ok(waiting.includes(family[0]) && waiting.includes(family[1]), waiting.slice(0, 400));
  assert.match(waiting, /31,50 €/);
  // One click on the transfer's own line picks both.
  assert.match(waiting, /Un virement de 61,50 € pour 2 membres/);
  await claire.page.locator("main tr.is-group input").last().check();
  if (javaScript) assert.equal(await claire.page.locator('main [name="id"]:checked').count(), 2);
  assert.equal(await claire.press(claire.page.locator("main .selection .is-primary")), 200);
  assert.match(await claire.text("main"), /2 paiements validés · 61,50 €|2 paiements validés/);
  await claire.open("/payments?state=validated");
  await claire.open(await claire.page.locator("main tbody a[href$='#group']").first().getAttribute("href"));
  assert.match(await claire.text("main"), /Venus en un seul virement/);
});
