// Statistics: what the page says, what a crew is told of, and the same figures as a file.

import assert from "node:assert/strict";
import { journey } from "../lib/journey.mjs";
import { tidy } from "../lib/browser.mjs";

/** The figures of the part of services, "in all", as the page shows them. */
async function inAll(person) {
  const cells = person.page.locator('section[aria-labelledby="services"] tfoot').last().locator("td");
  return (await cells.allTextContents()).map(tidy);
}

journey("a year of services is told to the bank and the administration, and to each crew its own types", {}, async ({ signedIn }) => {
  const ines = await signedIn("ines");
  await ines.open("/statistics");
  const types = ines.page.locator('main select[name="kind"] option');
  assert.deepEqual((await types.allTextContents()).slice(1), ["Abo Toulouse", "Hébergement", "VPN"]);
  const all = await inAll(ines);
  const vpn = await types.last().getAttribute("value");
  await ines.open(`/statistics?kind=${vpn}`);
  assert.match(await ines.text("h2#services"), /Services : VPN/);
  const own = await inAll(ines);
  assert.notDeepEqual(own, all);

  // Who manages that type alone is told the same of it, and of no other.
  const malik = await signedIn("malik");
  await malik.open("/statistics");
  assert.equal(await malik.page.locator('main select[name="kind"]').count(), 0);
  assert.deepEqual(await inAll(malik), own);
  assert.doesNotMatch(await malik.text("main"), /Hébergement/);

  const lea = await signedIn("lea");
  const refused = await lea.send({ path: "/statistics" });
  assert.equal(refused.status, 404);
});

journey("a day of the past is looked at as it was, and the file says what the page says", {}, async ({ signedIn }) => {
  const claire = await signedIn("claire");
  await claire.open("/statistics");
  const now = await inAll(claire);
  const form = claire.page.locator('main form.toolbar');
  const today = await form.locator('input[name="on"]').inputValue();
  const year = Number(today.slice(0, 4)) - 1;
  await form.locator('input[name="on"]').fill(`${year}-12-31`);
  await form.locator('input[name="from"]').fill(`${year}-01`);
  await form.locator('input[name="until"]').fill(`${year}-12`);
  assert.equal(await claire.press(form.locator("button")), 200);
  assert.match(await claire.text(".state-line"), new RegExp(`De janvier ${year} à décembre ${year}, au 31 décembre ${year}`));
  const past = await inAll(claire);
  assert.notDeepEqual(past, now);

  const rows = claire.page.locator('section[aria-labelledby="services"] .table-scroll').last().locator("tbody tr");
  assert.equal(await rows.count(), 12);
  const answer = await claire.send({ method: "POST", path: "/exports", form: { list: "servicesstats", format: "csv", filter: new URL(claire.page.url()).search } });
  assert.equal(answer.status, 200);
  const lines = answer.body.replace("\uFEFF", "").trim().split("\r\n").slice(1).map((line) => line.split(";"));
  assert.equal(lines.length, 36);
  const cents = (text) => Number(text.replace(/[^\d]/g, ""));
  const received = lines.reduce((sum, line) => sum + cents(line[7]), 0);
  assert.equal(received, cents(past[5]));
});
