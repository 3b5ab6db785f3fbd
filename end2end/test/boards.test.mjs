// The first page: to each role what waits for it, and each figure leads to the rows that it counts.

import assert from "node:assert/strict";
import { tidy } from "../lib/browser.mjs";
import { journey } from "../lib/journey.mjs";
import { flaws, LOOKS, wear } from "../lib/looks.mjs";

/** The figures of the page: what each says, and where it leads. */
async function figures(person) {
  return person.page.locator("main .card.is-link").evaluateAll((cards) =>
    cards.map((card) => ({
      title: card.querySelector("h3").textContent,
      href: card.querySelector("a").getAttribute("href"),
      figure: Number(card.querySelector(".figure").textContent.replace(/\D/g, "")),
    })),
  );
}

/** How many rows the list says that there are. */
async function rowsOf(person, href) {
  await person.open(href);
  const { page } = person;
  if ((await page.locator("main .pager .num").count()) > 0) {
    const said = tidy(await page.locator("main .pager .num").innerText());
    return Number(said.match(/(?:sur|of) ([\d ,]+)$/)[1].replace(/\D/g, ""));
  }
  return page.locator("main tbody tr").count();
}

for (const [role, least] of [["tom", 4], ["claire", 8], ["ines", 4]]) {
  journey(`each figure of ${role}'s first page leads to its rows`, {}, async ({ signedIn }) => {
    const person = await signedIn(role);
    await person.open("/");
    const all = await figures(person);
    assert.ok(all.length >= least, JSON.stringify(all));
    assert.ok(all.some(({ figure }) => figure > 0), "there is something to count");
    for (const { title, href, figure } of all) {
      // The list of members also holds those who left.
      const rows = await rowsOf(person, href);
      assert.equal(rows, figure, `${title}: ${href}`);
    }
  });
}

journey("the plot's finding, its months and the lists behind them agree", {}, async ({ signedIn }) => {
  const claire = await signedIn("claire");
  const { page } = claire;
  await claire.open("/");
  assert.match(await claire.text(".plot figcaption"), /^[\d ]+,\d\d € en \p{L}+ \d{4}, le mois le plus fort$/u);
  assert.equal(await page.locator(".plot svg rect.bar").count(), 12);
  await page.locator(".plot summary").click();
  const months = await page.locator(".plot tbody tr").evaluateAll((rows) =>
    rows.map((row) => ({ href: row.querySelector("a").getAttribute("href"), count: Number(row.cells[1].textContent), sum: row.cells[2].textContent })),
  );
  assert.equal(months.length, 12);
  const cents = (text) => Number(text.replace("−", "-").replace(/[^\d-]/g, ""));
  const strongest = Math.max(...months.map((m) => cents(m.sum)));
  assert.equal(cents((await claire.text(".plot figcaption")).split("€")[0]), strongest);
  for (const { href, count } of months.slice(-4)) assert.equal(await rowsOf(claire, href), count, href);
});

journey("what a crew member entered is told apart from what the others did", {}, async ({ signedIn }) => {
  const tom = await signedIn("tom");
  await tom.open("/");
  const own = tom.page.locator('section[aria-labelledby="own"]');
  const waits = Number(tidy(await own.locator("p a").first().innerText()).match(/^\d+/)[0]);
  const href = await own.locator("p a").first().getAttribute("href");
  assert.equal(await rowsOf(tom, href), waits);
  // The filter has a control, and says whose the rows are.
  assert.equal(await tom.page.locator('main select[name="entered_by"] option:checked').innerText(), "vous");
  await tom.page.locator('main select[name="entered_by"]').selectOption("");
  await tom.press('main form[role="search"] button');
  assert.match(tom.path(), /state=draft/);
});

journey("a refused sign-in is told to the administration", { javaScript: [false] }, async ({ arrive, signedIn }) => {
  const stranger = await arrive();
  for (let n = 0; n < 6; n += 1) await stranger.signIn("tom", "un mot de passe qui ne va pas");
  await stranger.signIn("personne-de-ce-nom", "un mot de passe qui ne va pas");
  const ines = await signedIn("ines");
  await ines.open("/");
  const text = tidy(await ines.page.locator('section[aria-labelledby="failures"]').innerText());
  assert.match(text, /tom bloqué jusqu’à \d\d:\d\d/);
  assert.match(text, /un nom inconnu/);
  assert.doesNotMatch(text, /personne-de-ce-nom/);
});

journey("who may only see members is not shown the bank", { javaScript: [false] }, async ({ signedIn }) => {
  const tom = await signedIn("tom");
  await tom.open("/");
  assert.equal(await tom.page.locator('section[aria-labelledby="bank"], section[aria-labelledby="organisation"]').count(), 0);
  const lea = await signedIn("lea");
  await lea.open("/");
  assert.equal(lea.path(), "/me");
});

journey("first pages read well in both languages, with the figures unfolded", { javaScript: [true] }, async ({ signedIn }) => {
  const found = [];
  for (const locale of ["fr-FR", "en-GB"]) {
    for (const role of ["claire", "ines"]) {
      const person = await signedIn(role, { locale });
      await person.open("/");
      for (const details of await person.page.locator("main details").all()) await details.evaluate((e) => (e.open = true));
      for (const look of LOOKS) {
        await wear(person.page, look);
        found.push(...(await flaws(person.page)).map((flaw) => `${role} (${locale}, ${look.name}): ${flaw}`));
      }
    }
  }
  assert.deepEqual(found, []);
});
