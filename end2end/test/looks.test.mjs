// Every page, as each role sees it, on wide and narrow screens, light and dark: nothing that axe objects to, and
// nothing that makes the page scroll sideways.

import assert from "node:assert/strict";
import { journey } from "../lib/journey.mjs";
import { flaws, LOOKS, tooWide, wear } from "../lib/looks.mjs";
import { pagesOf, ROLES, someLink } from "../lib/pages.mjs";

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

journey("no page scrolls sideways on any screen between a phone and a wall", { javaScript: [false] }, async ({ signedIn }) => {
  const tom = await signedIn("tom");
  const found = [];
  for (const path of await pagesOf(tom, "tom")) {
    await tom.open(path);
    for (const width of [360, 480, 600, 720, 860, 1024, 1180, 1600]) {
      await tom.page.setViewportSize({ width, height: 900 });
      found.push(...(await tooWide(tom.page)).map((flaw) => `${path}: ${flaw}`));
    }
  }
  assert.deepEqual(found, []);
});

journey("the longest name that people have widens no page", { javaScript }, async ({ signedIn }) => {
  const tom = await signedIn("tom");
  // 200 letters, in words of 34: as long as a name may be.
  const name = `Zzwww ${"Donaudampfschifffahrtsgesellschaft ".repeat(5)}Nord-Ost, Wien und Umgeb`.slice(0, 200);
  await tom.open("/members/new");
  await tom.fill({ name, city: name, street: name, email: "association.pour.la.culture.numerique@haut-comminges.example.org" });
  assert.equal(await tom.press(tom.page.locator('main form[method="post"] button.is-primary').last()), 200);
  const member = tom.path();
  await tom.open("/payments/new");
  await tom.fill({ member: name, amount: "123456,78", label: name, note: name });
  assert.equal(await tom.press(tom.page.locator('main form[method="post"] button.is-primary').last()), 200);
  const payment = await someLink(tom, "/payments?q=Zzwww", "/payments");
  const found = [];
  for (const path of [member, "/members?q=Zzwww", "/people?q=Zzwww", "/payments?q=Zzwww", payment, `${payment}/edit`, "/payments/queue?q=Zzwww"]) {
    await tom.open(path);
    for (const look of LOOKS.filter(({ theme }) => theme === "light")) {
      await wear(tom.page, look);
      found.push(...(await flaws(tom.page)).map((flaw) => `${path} (${look.name}): ${flaw}`));
    }
  }
  assert.deepEqual(found, []);
});

journey("a text without a single break widens nothing", { javaScript: [false] }, async ({ signedIn }) => {
  const tom = await signedIn("tom");
  // The widest letter, as often as a name may have letters: nowhere a browser would break by itself.
  const word = "W".repeat(200);
  await tom.open("/members/new");
  await tom.fill({ given_name: word, name: word, city: word, street: word, email: `${"w".repeat(60)}@${"w".repeat(60)}.example.org` });
  assert.equal(await tom.press(tom.page.locator('main form[method="post"] button.is-primary').last()), 200);
  const member = tom.path();
  await tom.open("/payments/new");
  await tom.fill({ member: `${word} ${word}`, amount: "1234567,89", label: word, note: word });
  assert.equal(await tom.press(tom.page.locator('main form[method="post"] button.is-primary').last()), 200);
  const payment = await someLink(tom, "/payments?q=wwwww", "/payments");
  const party = await someLink(tom, "/people?q=wwwww", "/people");
  const claire = await signedIn("claire");
  const ines = await signedIn("ines");
  const found = [];
  for (const [person, paths] of [
    [tom, ["/", member, party, `${party}/edit`, "/members?q=wwwww", "/people?q=wwwww", "/payments?q=wwwww", payment, `${payment}/edit`, "/payments/queue?q=wwwww"]],
    [claire, ["/", "/payments/queue?q=wwwww", payment]],
    [ines, ["/", "/audit?q=wwwww"]],
  ]) {
    for (const path of paths) {
      await person.open(path);
      for (const details of await person.page.locator("main details").all()) await details.evaluate((e) => (e.open = true));
      for (const width of [360, 480, 600, 860, 1180, 1600]) {
        await person.page.setViewportSize({ width, height: 900 });
        found.push(...(await tooWide(person.page)).map((flaw) => `${path}: ${flaw}`));
      }
    }
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
