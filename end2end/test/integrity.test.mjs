// The audit is verified: on its page, and by whoever has its file.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { journey } from "../lib/journey.mjs";

journey("the administrator verifies the audit, and hands it to somebody who verifies it alone", {}, async ({ signedIn, javaScript }) => {
  const ines = await signedIn("ines");
  await ines.open("/audit");
  assert.equal(await ines.press(ines.page.locator('main a[href="/audit/integrity"]')), 200);
  assert.match(await ines.text("main .notice"), /Tout est comme écrit : [\d\s]+ traces/);
  const [download] = await Promise.all([
    ines.page.waitForEvent("download"),
    ines.page.locator('main form[action="/exports"] button[value="jsonl"]').click(),
  ]);
  assert.match(download.suggestedFilename(), /^traces-chaîne-\d{4}-\d\d-\d\d\.jsonl$/);
  const file = await download.path();
  const verified = (path) => spawnSync(process.env.EQUIPAGE_BIN, ["audit", "verify", "--file", path], { encoding: "utf8" });
  const good = verified(file);
  assert.equal(good.status, 0, good.stdout + good.stderr);
  const text = await readFile(file, "utf8");
  const edited = text.replace("Benamar", "Bernard");
  assert.notEqual(edited, text);
  await writeFile(`${file}.edited`, edited);
  const bad = verified(`${file}.edited`);
  assert.equal(bad.status, 1);
  assert.match(bad.stdout, /row \d+ is not as it was written/);

  // The same in the browser, where there is JavaScript; without, the page says how the program does it.
  const here = ines.page.locator("[data-verifier]");
  assert.equal(await here.isVisible(), javaScript);
  if (javaScript) {
    const sent = [];
    ines.page.on("request", (request) => sent.push(request.method()));
    for (const [path, said] of [[file, /Tout est comme écrit : \d+ traces/], [`${file}.edited`, /la trace \d+ n’est pas comme elle a été écrite/]]) {
      await here.locator("#verify-file").setInputFiles(path);
      await here.locator("button").click();
      await here.locator("[role=status] .notice").filter({ hasText: said }).waitFor();
    }
    await here.locator("#verify-keys").setInputFiles({ name: "keys", mimeType: "text/plain", buffer: Buffer.from("x") });
    await here.locator("button").click();
    await here.locator("[role=status] .is-error").filter({ hasText: "ne se lisent pas" }).waitFor();
    assert.ok(sent.length > 0 && sent.every((method) => method === "GET"), "no file leaves the machine");
  }

  // Who took it is known; and it is for those who may read the audit.
  await ines.open("/audit?kind=export");
  assert.match(await ines.text("main tbody"), /traces-chaîne-/);
  const tom = await signedIn("tom");
  await tom.open("/audit/integrity", 403);
});
