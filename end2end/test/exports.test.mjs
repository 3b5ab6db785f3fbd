// Lists as files, and receipts as PDF: what is on the screen is what is in the file.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { tidy } from "../lib/browser.mjs";
import { journey } from "../lib/journey.mjs";

/** Presses something that leads to a file; gives its name and its content. */
async function downloaded(person, press) {
  const [download] = await Promise.all([person.page.waitForEvent("download"), press()]);
  return { name: download.suggestedFilename(), content: await readFile(await download.path()) };
}

/** The rows of a CSV file as people see them: no cell of these has a line break. */
function rowsOf(content) {
  const text = content.toString("utf8");
  assert.equal(text.charCodeAt(0), 0xfeff, "programs see that it is UTF-8");
  const [head, ...rows] = text.slice(1).trimEnd().split("\r\n").map((line) => line.split(";"));
  return rows.map((row) => Object.fromEntries(head.map((name, at) => [name, row[at]])));
}

const exportButton = (person, format) => person.page.locator(`main form[action="/exports"] button[value="${format}"]`);

journey("the treasurer filters the members, exports them, and the file has these rows", {}, async ({ signedIn }) => {
  const claire = await signedIn("claire");
  await claire.open("/members?kind=organisation&standing=late");
  const shown = await claire.page.locator("main tbody th").allInnerTexts();
  assert.ok(shown.length > 0 && shown.length < 50, "one page of the list");
  const { name, content } = await downloaded(claire, () => exportButton(claire, "csv").click());
  assert.match(name, /^membres-\d{4}-\d\d-\d\d\.csv$/);
  const rows = rowsOf(content);
  assert.deepEqual(rows.map((row) => row.Nom), shown.map(tidy));
  assert.ok(rows.every((row) => row.Nature === "organisation"));
  assert.equal(claire.path(), "/members?kind=organisation&standing=late", "the list is still there");

  // What changes while one types goes along.
  if (claire.javaScript) {
    await claire.open("/members");
    await claire.page.locator('main form[role="search"] [name="q"]').fill("benamar");
    await claire.page.waitForURL(/[?&]q=benamar/);
    await claire.page.locator('main form[action="/exports"] [name="filter"][value*="benamar"]').waitFor({ state: "attached" });
    const found = await downloaded(claire, () => exportButton(claire, "csv").click());
    assert.ok(rowsOf(found.content).every((row) => row.Nom.includes("Benamar")));
  }

  await claire.open("/payments?state=validated&method=cash");
  const book = await downloaded(claire, () => exportButton(claire, "xlsx").click());
  assert.match(book.name, /^paiements-.*\.xlsx$/);
  assert.equal(book.content.subarray(0, 2).toString(), "PK", "a workbook");

  // Who took what is known.
  const ines = await signedIn("ines");
  await ines.open("/audit?kind=export");
  assert.match(await ines.text("main tbody"), /a exporté.*paiements-.*\.xlsx.*a exporté.*membres-.*\.csv/);
});

journey("a member downloads a receipt as PDF, and only their own", {}, async ({ signedIn }) => {
  const lea = await signedIn("lea");
  await lea.open("/me");
  assert.equal(await lea.press(lea.page.locator('main a[href^="/receipts/"]').first()), 200);
  const number = (await lea.text("h1")).match(/\d{4}-\d{4,}/)[0];
  const { name, content } = await downloaded(lea, () => lea.page.locator('main a[href$="/pdf"]').click());
  assert.equal(name, `reçu-${number}.pdf`);
  assert.equal(content.subarray(0, 5).toString(), "%PDF-");

  const claire = await signedIn("claire");
  await claire.open("/receipts");
  const other = await claire.page.locator('main tbody tr:not(:has-text("1004-3")) a[href^="/receipts/"]').first().getAttribute("href");
  assert.equal((await lea.send({ path: `${other}/pdf` })).status, 404);
  assert.equal((await lea.send({ method: "POST", path: "/exports", form: { list: "receipts", format: "pdf" } })).status, 404);
  const year = await downloaded(claire, () => exportButton(claire, "pdf").click());
  assert.match(year.name, /^reçus-\d{4}-\d{4}-\d\d-\d\d\.pdf$/);
});
