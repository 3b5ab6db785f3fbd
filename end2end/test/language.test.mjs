// The whole in English: chosen by a person, or told by the browser. No French is left on the pages on the way.

import assert from "node:assert/strict";
import { journey } from "../lib/journey.mjs";
import { headersOf } from "../lib/steps.mjs";
import { mainJourney } from "../lib/main_journey.mjs";
import { pagesOf, ROLES } from "../lib/pages.mjs";
import { frenchTexts, textsOn, WORDS } from "../lib/words.mjs";

const french = frenchTexts();
// What people wrote themselves: the names of crews and of kinds of dues, the columns of the imported files; and a language's own name.
const DATA = new Set(["Français", "Administration", "Cotisation", ...headersOf("paheko-members.csv"), ...headersOf("paheko-subscriptions.csv")]);

/** Notes every page that is not all English. */
function listen(person, leaks) {
  person.arrived = async ({ page }) => {
    const lang = await page.getAttribute("html", "lang");
    if (lang !== "en") leaks.push(`${person.path()}: <html lang="${lang}">`);
    const found = (await textsOn(page)).filter((text) => french.has(text) && !DATA.has(text));
    leaks.push(...found.map((text) => `${person.path()}: ${text}`));
  };
}

journey("a person chooses English with the switch, and everything is English from then on", {}, async ({ arrive, signedIn }) => {
  const people = {};
  const leaks = [];
  for (const name of ["tom", "claire", "lea"]) {
    const person = await signedIn(name);
    assert.equal(await person.page.getAttribute("html", "lang"), "fr");
    await person.press('form[action="/language"] button[value="en"]');
    listen(person, leaks);
    people[name] = person;
  }
  await mainJourney({ words: WORDS.en, ...people });
  assert.deepEqual([...new Set(leaks)], []);
  // It is the person's choice: it holds in another browser too.
  const elsewhere = await arrive();
  await elsewhere.signIn("tom");
  assert.equal(await elsewhere.page.getAttribute("html", "lang"), "en");
});

journey("a browser that asks for English gets it, on every page", { javaScript: [false] }, async ({ arrive }) => {
  const leaks = [];
  for (const role of ROLES) {
    const person = await arrive({ locale: "en-GB" });
    listen(person, leaks);
    assert.equal(await person.signIn(role, "a password that is wrong"), 422);
    await person.signIn(role);
    for (const path of [...(await pagesOf(person, role)), "/nowhere"]) await person.open(path, null);
  }
  assert.deepEqual([...new Set(leaks)], []);
});

journey("the switch works before one has signed in, and a browser's wish is no more than that", {}, async ({ arrive }) => {
  for (const [locale, tag] of [["de-DE", "fr"], ["en-US", "en"], ["fr-CA", "fr"]]) {
    const person = await arrive({ locale });
    await person.open("/login");
    assert.equal(await person.page.getAttribute("html", "lang"), tag, locale);
    const other = tag === "fr" ? "en" : "fr";
    await person.press(`form[action="/language"] button[value="${other}"]`);
    assert.equal(person.path(), "/login");
    assert.equal(await person.page.getAttribute("html", "lang"), other);
    await person.open("/login");
    assert.equal(await person.page.getAttribute("html", "lang"), other, "it is remembered");
  }
});

journey("French pages hold French texts: the list of them is not empty", { javaScript: [true] }, async ({ signedIn }) => {
  const tom = await signedIn("tom");
  const found = (await textsOn(tom.page)).filter((text) => french.has(text));
  assert.ok(french.size > 100 && found.length > 5, `${french.size} texts are known, ${found.length} of them found`);
});
