// Every page, as each role sees it, on wide and narrow screens, light and dark: nothing that axe objects to, and
// nothing that makes the page scroll sideways.

import assert from "node:assert/strict";
import { journey } from "../lib/journey.mjs";
import { flaws, LOOKS, wear } from "../lib/looks.mjs";
import { pagesOf, ROLES } from "../lib/pages.mjs";

const javaScript = [true];

for (const role of ROLES) {
  journey(`every page that ${role} can open reads well`, { javaScript }, async ({ signedIn }) => {
    const person = await signedIn(role);
    const found = [];
    for (const path of [...(await pagesOf(person, role)), "/nowhere"]) {
      await person.open(path, path === "/nowhere" ? 404 : 200);
      // What the others see differs from the first crew member's in a few words: two looks find those.
      for (const look of role === "lea" || role === "tom" ? LOOKS : [LOOKS[0], LOOKS[3]]) {
        await wear(person.page, look);
        found.push(...(await flaws(person.page)).map((flaw) => `${path} (${look.name}): ${flaw}`));
      }
    }
    assert.deepEqual(found, []);
  });
}

journey("the pages around signing in read well, in both languages", { javaScript }, async ({ arrive }) => {
  const found = [];
  for (const locale of ["fr-FR", "en-GB"]) {
    const person = await arrive({ locale });
    await person.open("/login");
    const look = async (what) => {
      for (const screen of LOOKS) {
        await wear(person.page, screen);
        found.push(...(await flaws(person.page)).map((flaw) => `${what} (${locale}, ${screen.name}): ${flaw}`));
      }
    };
    await look("/login");
    await person.signIn("tom", "un mot de passe qui ne va pas");
    await look("/login, refused");
  }
  assert.deepEqual(found, []);
});

journey("axe is really asked: a page with a flaw is found", { javaScript }, async ({ arrive }) => {
  const person = await arrive();
  await person.open("/login");
  await person.page.evaluate(() => {
    document.querySelector("label").remove();
    document.querySelector("main").append(Object.assign(document.createElement("div"), { textContent: "x".repeat(900) }));
  });
  const found = (await flaws(person.page)).join("\n");
  assert.match(found, /label/);
  await wear(person.page, LOOKS[2]);
  assert.match((await flaws(person.page)).join("\n"), /wide on a screen of/);
});
