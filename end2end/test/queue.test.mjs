// The bank crew's queue: by keyboard, many at once, and never twice.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { journey } from "../lib/journey.mjs";
import { tidy } from "../lib/browser.mjs";

const FORM = 'main form[method="post"]:has(tbody input[type="checkbox"])';
const BOXES = `${FORM} tbody input[type="checkbox"]`;

/** The amounts of the lines that are ticked, in cents. */
async function ticked(page) {
  const rows = await page.locator(`${FORM} tbody tr:has(input:checked)`).allInnerTexts();
  return rows.map((text) => Number(tidy(text).match(/(−?[\d ]+,\d\d) €/)[1].replaceAll(" ", "").replace(",", "").replace("−", "-")));
}

const sum = (amounts) => amounts.reduce((total, amount) => total + amount, 0);
const money = (cents) => tidy(new Intl.NumberFormat("fr-FR", { style: "currency", currency: "EUR" }).format(cents / 100)).replace("-", "−");

journey("by keyboard: j and k go, x ticks, v validates, and the total follows", { javaScript: [true] }, async ({ signedIn }) => {
  const claire = await signedIn("claire");
  const { page } = claire;
  await claire.open("/payments/queue");
  const before = await page.locator(BOXES).count();
  assert.ok(before > 5, "the demonstration has payments that wait");
  const total = async () => tidy(await page.locator(`${FORM} output`).first().innerText());
  for (const key of ["j", "x", "j", "x", "j", "j", "x", "k", "k", "x"]) await page.keyboard.press(key);
  const amounts = await ticked(page);
  assert.equal(amounts.length, 2, "two were ticked, then one more, and one was dropped");
  assert.ok((await total()).includes(money(sum(amounts))), await total());
  assert.match(await total(), /^2 /);
  await page.locator(BOXES).nth(4).check();
  const three = await ticked(page);
  assert.ok((await total()).includes(money(sum(three))), await total());
  // Where somebody types, letters are letters.
  await page.locator('main [name="q"]').first().focus();
  await page.keyboard.press("v");
  assert.equal(claire.path(), "/payments/queue");
  assert.equal(await page.locator('main [name="q"]').first().inputValue(), "v");
  await page.locator('main [name="q"]').first().fill("");
  await page.locator("h1").click();
  await claire.leads(() => page.keyboard.press("v"));
  assert.match(await claire.text(), /3 paiements validés/);
  await claire.open("/payments/queue");
  assert.equal(await page.locator(BOXES).count(), before - 3);
});

journey("everything that waits is validated at once, with one answer", {}, async ({ javaScript, signedIn }) => {
  const claire = await signedIn("claire");
  const { page } = claire;
  await claire.open("/payments/queue");
  const boxes = page.locator(BOXES);
  const n = await boxes.count();
  if (javaScript) await page.locator(`${FORM} thead input[type="checkbox"]`).check();
  else for (let at = 0; at < n; at += 1) await boxes.nth(at).check();
  const amounts = await ticked(page);
  assert.equal(amounts.length, n);
  await claire.press(page.locator(`${FORM} button.is-primary`).last());
  const text = await claire.text();
  assert.match(text, new RegExp(`${n} paiements validés`));
  assert.ok(text.includes(money(sum(amounts))), text.slice(0, 400));
  await claire.open("/payments/queue");
  assert.equal(await page.locator(BOXES).count(), 0);
});

journey("a form that is sent twice at the same time has one effect", { javaScript: [false] }, async ({ signedIn }) => {
  const tom = await signedIn("tom");
  const claire = await signedIn("claire");

  await tom.open("/payments/new");
  const action = await tom.page.locator('main form[method="post"]').first().getAttribute("action");
  const filled = { member: "Léa Benamar", amount: "7,77", method: "cash", label: "E2E double" };
  const form = (await tom.formData('main form[method="post"]')).map(([name, value]) => [name, filled[name] ?? value]);
  const post = (body) => tom.send({ method: "POST", path: action, form: body });
  const answers = await Promise.all([post(form), post(form), post(form)]);
  for (const answer of answers) assert.deepEqual([answer.status, answer.headers.location], [303, answers[0].headers.location]);
  assert.equal((await post(form.map(([n, v]) => [n, n === "amount" ? "8,88" : v]))).status, 409, "the same form with other content");
  await tom.open("/payments?q=E2E+double");
  assert.equal(await tom.page.locator("main tbody tr").count(), 1);

  const payment = await tom.page.locator('main tbody a[href^="/payments/"]').first().getAttribute("href");
  await claire.open("/payments/queue?q=E2E+double");
  await claire.page.locator(BOXES).check();
  const queue = await claire.page.locator(FORM).getAttribute("action");
  const selection = await claire.formData(FORM);
  const validate = () => claire.send({ method: "POST", path: queue, form: selection });
  const validated = await Promise.all([validate(), validate(), validate()]);
  for (const answer of validated) assert.ok([200, 303].includes(answer.status), String(answer.status));
  assert.equal(new Set(validated.map((a) => a.status)).size, 1, "each sending gets the same answer");
  await claire.open(payment);
  const history = await claire.page.locator("main .history li").allInnerTexts();
  assert.equal(history.filter((line) => /Validé par/.test(line)).length, 1, history.join(" | "));
});

journey("a double click adds one payment", { javaScript: [true] }, async ({ signedIn }) => {
  const tom = await signedIn("tom");
  await tom.open("/payments/new");
  await tom.fill({ member: "Léa Benamar", amount: "7,77", method: "cash", label: "E2E clic" });
  await tom.leads(() => tom.page.locator('main form[method="post"] button.is-primary').last().dblclick({ noWaitAfter: true }));
  await tom.page.waitForLoadState("networkidle");
  await tom.open("/payments?q=E2E+clic");
  assert.equal(await tom.page.locator("main tbody tr").count(), 1);
});

journey("two who validate the same payments at once: each payment is validated once", { javaScript: [false] }, async ({ signedIn }) => {
  const [one, two] = [await signedIn("claire"), await signedIn("claire")];
  await one.open("/payments/queue");
  const action = await one.page.locator(FORM).getAttribute("action");
  const name = await one.page.locator(BOXES).first().getAttribute("name");
  const ids = await one.page.locator(BOXES).evaluateAll((all) => all.slice(0, 20).map((e) => e.value));
  const answers = await Promise.all([one, two].map((p) => p.send({ method: "POST", path: action, form: [["key", randomUUID()], ...ids.map((id) => [name, id])] })));
  for (const answer of answers) assert.ok(answer.status < 400, String(answer.status));
  for (const id of ids) {
    const { body } = await one.send({ path: `/payments/${id}` });
    assert.equal(body.match(/Validé par/g).length >= 1, true);
  }
});

journey("the navigation counts what waits after the validation that the page tells of", { javaScript: [false] }, async ({ signedIn }) => {
  const [one, two] = [await signedIn("claire"), await signedIn("claire")];
  await one.open("/payments/queue");
  const boxes = one.page.locator(BOXES);
  const before = await boxes.count();
  const [first, second] = await boxes.evaluateAll((all) => all.slice(0, 2).map((e) => e.value));
  for (const id of [first, second]) await one.page.locator(`${FORM} input[value="${id}"]`).check();
  // Somebody else is faster with the first of them: the answer is a page, not a redirect.
  await two.open("/payments/queue");
  await two.page.locator(`${FORM} input[value="${first}"]`).check();
  await two.press(two.page.locator(`${FORM} button.is-primary`).last());
  await one.press(one.page.locator(`${FORM} button.is-primary`).last());
  assert.match(await one.text("h1"), /1 paiement validé, 1 refusé/);
  assert.match(await one.text(".nav .count.is-waiting"), new RegExp(`^${before - 2} `));
});

journey("on a phone, one box picks every payment that is shown", {}, async ({ signedIn }) => {
  const claire = await signedIn("claire", { viewport: { width: 390, height: 844 } });
  await claire.open("/payments/queue");
  const n = await claire.page.locator(BOXES).count();
  await claire.page.getByLabel("Choisir tous les paiements montrés").check();
  await claire.press(claire.page.locator(`${FORM} button.is-primary`).last());
  assert.match(await claire.text(), new RegExp(`${n} paiements validés`));
});
