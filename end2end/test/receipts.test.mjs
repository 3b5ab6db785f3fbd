// Receipts: numbered when the bank crew validates, read and printed by the one who paid, and by nobody else.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import jsQR from "jsqr";
import { PNG } from "pngjs";
import { tidy } from "../lib/browser.mjs";
import { journey } from "../lib/journey.mjs";
import { addPayment, reversePayment, validateInQueue } from "../lib/steps.mjs";

const FIELDS = { amount: "12,34", method: "cash", label: "E2E" };
const NUMBER = /[Rr]eçu n° (\d{4}-\d{4,})/;

/** Where a payment's page leads to its receipt. */
async function receiptOf(person, payment) {
  await person.open(payment);
  const link = person.page.locator('main a[href^="/receipts/"]');
  return (await link.count()) === 1 ? link.getAttribute("href") : null;
}

journey("the bank crew validates, and the payment has the next receipt", {}, async ({ signedIn }) => {
  const tom = await signedIn("tom");
  const first = await addPayment(tom, "benamar", FIELDS);
  const second = await addPayment(tom, "benamar", { ...FIELDS, amount: "23,45" });
  assert.equal(await receiptOf(tom, first), null, "a draft has no receipt");

  const claire = await signedIn("claire");
  await validateInQueue(claire, [second], "?q=E2E");
  await validateInQueue(claire, [first], "?q=E2E");
  const numbers = [];
  for (const payment of [second, first]) {
    await claire.open(await receiptOf(claire, payment));
    numbers.push(Number((await claire.text("h1")).match(NUMBER)[1].split("-")[1]));
  }
  assert.equal(numbers[1], numbers[0] + 1);
  assert.match(await claire.text("article"), /Léa Benamar .*Membre 1004-3 .*12,34 €.*E2E.*espèces/);
  assert.match(await claire.text("article"), /n’est pas un reçu fiscal/);

  // What is taken back keeps its number, and says so.
  const reversal = await reversePayment(tom, first, "Revenu impayé");
  await validateInQueue(claire, [reversal], "?q=E2E");
  await claire.open(await receiptOf(claire, first));
  assert.match(await claire.text("article"), /Annulé le/);
  assert.equal(await claire.page.locator(`article a[href="${reversal}"]`).count(), 1);
  assert.equal(await receiptOf(claire, reversal), null, "a reversal has no receipt of its own");
});

journey("a member prints their own receipt, and does not learn whether others exist", {}, async ({ signedIn }) => {
  const tom = await signedIn("tom");
  await tom.open("/receipts");
  const all = await tom.page.locator('main tbody tr:not(:has-text("1004-3")) a[href^="/receipts/"]').first().getAttribute("href");

  const lea = await signedIn("lea");
  await lea.open("/me");
  assert.equal(await lea.press(lea.page.locator('main a[href^="/receipts/"]').first()), 200);
  assert.match(await lea.text("article"), /Léa Benamar/);
  assert.equal(await lea.page.locator('main a[href^="/payments/"]').count(), 0, "payments are pages of the crews");

  // On paper: the document alone, on one page.
  await lea.page.emulateMedia({ media: "print" });
  for (const gone of [".frame-side", ".page-head", "main > .help"]) {
    assert.equal(await lea.page.locator(gone).isVisible(), false, gone);
  }
  assert.equal(await lea.page.locator("article").isVisible(), true);
  const pdf = (await lea.page.pdf({ preferCSSPageSize: true })).toString("latin1");
  assert.equal(pdf.match(/\/Type\s*\/Page\b/g).length, 1, "one page");
  assert.match(pdf, /\/MediaBox\s*\[0 0 59[45]\.\d+ 84[12]\.\d+\]/, "A4");
  await lea.page.emulateMedia({ media: null });

  const answer = async (path) => {
    const { status, body } = await lea.send({ path });
    return { status, text: tidy(body.replaceAll(path, "").replace(/[0-9a-f]{32}/g, "").replace(/[0-9a-f-]{36}/g, "")) };
  };
  const others = await answer(all);
  assert.equal(others.status, 404);
  assert.deepEqual(others, await answer(`/receipts/${randomUUID()}`), "somebody else's and nobody's look the same");
  assert.ok([403, 404].includes((await answer("/receipts")).status));
});

/** What a phone reads off a code on the screen. */
async function scanned(code) {
  const { data, width, height } = PNG.sync.read(await code.screenshot());
  return jsQR(new Uint8ClampedArray(data), width, height)?.data;
}

journey("the code on one's own page pays the right sum to the right account, in both themes", {}, async ({ signedIn }) => {
  for (const colorScheme of ["light", "dark"]) {
    const lea = await signedIn("lea", { colorScheme, deviceScaleFactor: 2 });
    await lea.open("/me");
    const card = lea.page.locator("main .card:has(.qr)").first();
    const [iban, reference] = (await card.locator("code").allInnerTexts()).map((text) => text.replace(/\s/g, ""));
    const amount = tidy(await card.locator(".figure").innerText()).replace(" €", "").replace(",", ".");
    assert.match(iban, /^FR76/);
    assert.match(reference, /^RF\d\d10043$/);
    const says = tidy(await card.locator(".qr").getAttribute("aria-label"));
    assert.match(says, /virement de .* € à Nuage Libre/);
    const payload = ["BCD", "002", "1", "SCT", "", "Nuage Libre", iban, `EUR${amount}`, "", reference];
    assert.equal(await scanned(card.locator(".qr")), payload.join("\n"));
  }
});
