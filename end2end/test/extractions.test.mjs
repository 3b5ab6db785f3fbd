// Extractions: an administrator has a file made, looks at it before, writes a template of their own, and finds out that somebody
// has changed the file by hand.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { journey } from "../lib/journey.mjs";

const LONG_MS = 20_000;
const folder = mkdtempSync(join(tmpdir(), "extractions-"));
after(() => rmSync(folder, { recursive: true }));
const env = { EQUIPAGE_PLUGINS__EXTRACTIONS: folder };
const SLUG = "nuage-libre";

async function until(what, holds) {
  const end = Date.now() + LONG_MS;
  while (!(await holds())) {
    assert.ok(Date.now() < end, what);
    await new Promise((done) => setTimeout(done, 100));
  }
}

journey("a file is made by a template, looked at, changed by hand, and put right", { env }, async ({ signedIn }) => {
  const file = join(folder, SLUG, "comptes");
  rmSync(join(folder, SLUG), { recursive: true, force: true });
  const text = () => {
    try {
      return readFileSync(file, "utf8");
    } catch {
      return "";
    }
  };
  const ines = await signedIn("ines");
  await ines.open("/");
  assert.equal(await ines.press('nav a[href="/extractions"]'), 200);
  await ines.press('a[href="/extractions/new"]');
  await ines.press('a[href="/extractions/new?from=passwd"]');
  const begun = ines.page.locator('main form[action="/extractions/new"]');
  const press = (form, what) => ines.press(form.locator(`button[value="${what}"]`));

  // What is wrong is said at its place, and nothing that was typed is lost.
  await ines.fill({ name: "Comptes de la maison", path: "/etc/passwd", template: "{% for one in accounts %}\n{{ one.login }}" });
  assert.equal(await press(begun, "save"), 422);
  assert.match(await ines.text("#path-error"), /nom de fichier/);
  assert.match(await ines.text("#template-error"), /Ligne 2 du modèle/);
  assert.equal(await ines.page.inputValue('[name="name"]'), "Comptes de la maison");

  // A preview shows what would be, and writes nothing.
  const template = "{% for one in accounts %}\n{{ one.login }}:{{ one.config.shell }}\n{% endfor %}";
  await ines.fill({ path: "comptes", template });
  assert.equal(await press(begun, "preview"), 200);
  assert.match(await ines.text("main"), /n’existe pas encore/);
  assert.match(await ines.text("main .file"), /ines:\/bin\/bash/);
  assert.equal(text(), "");
  assert.equal(await press(begun, "save"), 200);
  const here = ines.path();
  await until("the file is written", () => text().includes("ines:/bin/bash\n"));
  const lines = text().trim().split("\n").length;
  await until("the page tells", async () => {
    await ines.open(here);
    return (await ines.text("main")).includes(`${lines} lignes`);
  });

  // Somebody has a shell of their own.
  await ines.open("/people?q=Carvalho");
  await ines.press(ines.page.locator("main a", { hasText: "Carvalho" }).first());
  const person = ines.path();
  await ines.open(`${person}/edit`);
  await ines.fill({ extra_shell: "/bin/zsh" });
  assert.equal(await ines.press(ines.button(`${person}/edit`)), 200);
  await until("the file follows", () => text().includes("ines:/bin/zsh\n"));

  // The file is changed by hand: the preview shows how it differs.
  const good = text();
  writeFileSync(file, good.replace("tom:/bin/bash", "tom:/bin/false"));
  await ines.open(here);
  const form = ines.page.locator(`main form[action="${here}"]`);
  assert.equal(await press(form, "preview"), 200);
  assert.match(await ines.text("main .file del"), /tom:\/bin\/false/);
  assert.match(await ines.text("main .file ins"), /tom:\/bin\/bash/);
  assert.equal(await ines.press(`main form[action="${here}/verify"] button`), 200);
  await until("the journal tells", async () => {
    await ines.open("/journal");
    return /somebody else has changed comptes/.test(await ines.text("main"));
  });
  await ines.open(here);
  assert.equal(await ines.press(`main form[action="${here}/run"] button`), 200);
  await until("it is put right", () => text() === good);

  // Who may not change the settings sees nothing of it.
  const claire = await signedIn("claire");
  await claire.open("/extractions", 403);
  await claire.open(here, 403);
  await ines.open(here);
  assert.equal(await ines.press(`main form[action="${here}/delete"] button`), 200);
  assert.match(await ines.text("main"), /Aucun fichier/);
  assert.equal(text(), good, "its file stays");
});
