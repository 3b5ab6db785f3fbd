// What people do, step by step; journeys are made of these. A step checks that it worked.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const fixture = (name) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

/** The columns of a file, as its first line names them. */
export function headersOf(name) {
  return readFileSync(fixture(name), "utf8").split("\r\n")[0].slice(1, -1).split('","');
}

/** The button that says what the page is for. */
const MAIN_BUTTON = 'main form[method="post"] button.is-primary:not([name="next"])';

/** Imports a file in the browser: upload, columns where there is something to choose, preview, apply. */
export async function importFile(person, name, choices) {
  const { page } = person;
  await person.open("/members/import");
  await person.fill({ file: fixture(name) });
  assert.equal(await person.press(page.locator(MAIN_BUTTON).last()), 200, `${name} is uploaded`);
  const asksForColumns = () => person.path().endsWith("/columns");
  if (choices && !asksForColumns()) await person.press(page.locator('main a[href$="/columns"]').first());
  if (choices) await person.fill(choices);
  if (asksForColumns()) assert.equal(await person.press(page.locator(MAIN_BUTTON).last()), 200, `the columns of ${name}`);
  assert.equal(await person.press(page.locator('main form[action$="/apply"] button').last()), 200, `${name} is applied`);
}

/** Finds a member by typing a few words, and opens the page. Gives its path. */
export async function findMember(person, words) {
  const { page } = person;
  await person.open("/members");
  await page.locator('main form[role="search"] [name="q"]').fill(words);
  // With JavaScript the list follows what is typed; without, Enter asks for it.
  if (person.javaScript) await page.waitForURL(/[?&]q=/);
  else await person.leads(() => page.keyboard.press("Enter"));
  assert.equal(await person.press(page.locator('main tbody a[href^="/members/"]').first()), 200);
  return person.path();
}

/** Adds a payment from a member's page; gives the payment's path. */
export async function addPayment(person, words, fields) {
  await findMember(person, words);
  assert.equal(await person.press(person.page.locator('main a[href^="/payments/new"]').first()), 200);
  await person.fill(fields);
  assert.equal(await person.press(person.page.locator(MAIN_BUTTON).last()), 200, "the payment is added");
  return paymentPath(person, fields);
}

/** Where the payment that was just added is. */
async function paymentPath(person, { label }) {
  if (/^\/payments\/[0-9a-f-]{36}$/.test(person.path())) return person.path();
  await person.open(`/payments?q=${encodeURIComponent(label)}`);
  return person.page.locator('main tbody a[href^="/payments/"]').first().getAttribute("href");
}

/** Changes a payment through its form. */
export async function changePayment(person, payment, fields) {
  await person.open(payment);
  assert.equal(await person.press(`main a[href="${payment}/edit"]`), 200);
  await person.fill(fields);
  return person.press(person.page.locator(MAIN_BUTTON).last());
}

/** Takes a validated payment back; gives the reversal's path. */
export async function reversePayment(person, payment, reason) {
  await person.open(payment);
  assert.equal(await person.press(`main a[href="${payment}/reverse"]`), 200);
  await person.fill({ reason });
  assert.equal(await person.press(person.page.locator(MAIN_BUTTON).last()), 200, "the reversal is entered");
  await person.open(payment);
  const links = await person.page.locator('main a[href^="/payments/"]').evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  const reversal = links.find((href) => /^\/payments\/[0-9a-f-]{36}$/.test(href) && href !== payment);
  assert.ok(reversal, "the payment leads to its reversal");
  return reversal;
}

/** The queue's line of a payment. */
export function inQueue(person, payment) {
  return person.page.locator(`main input[type="checkbox"][value="${payment.split("/").pop()}"]`);
}

/** Ticks payments in the queue and validates them; gives the status of the answer. */
export async function validateInQueue(person, payments, query = "") {
  await person.open(`/payments/queue${query}`);
  for (const payment of payments) await inQueue(person, payment).check();
  return person.press(person.page.locator('main form[method="post"]:has(input[type="checkbox"]) button.is-primary').last());
}
