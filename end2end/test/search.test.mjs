// Searching while one types: lists follow, and the payment's form suggests members. Without JavaScript the same
// fields are sent as forms, which the other journeys do.

import assert from "node:assert/strict";
import { journey } from "../lib/journey.mjs";

const javaScript = [true];

journey("lists follow what is typed, without loading the page, and the address can be shared", { javaScript }, async ({ signedIn }) => {
  const tom = await signedIn("tom");
  const { page } = tom;
  for (const path of ["/members", "/people"]) {
    await tom.open(path);
    await page.evaluate(() => (window.stays = true));
    await page.locator('[name="q"]').first().pressSequentially("benam");
    await page.waitForURL(/[?&]q=benam$/);
    assert.match(await tom.text("main tbody"), /Léa Benamar/);
    const rows = await page.locator("main tbody tr").count();
    assert.ok(rows < 5, String(rows));
    assert.equal(await page.evaluate(() => window.stays), true, "the page is still the same");
    // Whoever gets the address sees the same.
    await tom.open(tom.path());
    assert.equal(await page.locator("main tbody tr").count(), rows);
    await page.locator('[name="q"]').first().fill("zzzz");
    await page.waitForURL(/[?&]q=zzzz$/);
    assert.equal(await page.locator("main tbody tr").count(), 0);
  }
});

journey("a payment's form suggests members, by keyboard", { javaScript }, async ({ signedIn }) => {
  const tom = await signedIn("tom");
  const { page } = tom;
  await tom.open("/payments/new");
  const field = page.locator("#member");
  await field.pressSequentially("benam");
  const options = page.locator('[role="listbox"] [role="option"]');
  await options.first().waitFor();
  assert.match(await options.first().innerText(), /Benamar/);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  assert.equal(await options.first().isVisible(), false);
  assert.match(await field.inputValue(), /^\d{4}-\d/, "the member's number");
  assert.equal(tom.path(), "/payments/new", "Enter chose, it did not send");
  await tom.fill({ amount: "5,00", method: "cash", label: "E2E suggéré" });
  assert.equal(await tom.press(page.locator('main form[method="post"] button.is-primary').last()), 200);
  await tom.open("/payments?q=E2E");
  assert.match(await tom.text("main tbody"), /Léa Benamar/);
});

journey("a payment's form checks while one fills it in", { javaScript }, async ({ signedIn }) => {
  const tom = await signedIn("tom");
  const { page } = tom;
  await tom.open("/payments/new");
  await page.locator("#amount").fill("trente");
  await page.locator("#label").focus();
  assert.match(await tom.text("#amount-error"), /montant/);
  await page.locator("#amount").fill("30");
  await page.locator("#label").focus();
  await page.locator("#amount-error").waitFor({ state: "hidden" });
});
