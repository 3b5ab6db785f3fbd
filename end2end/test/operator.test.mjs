// An operator: made on the machine, signed in on a host of their own, and able to prove that organisations are apart.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { engines } from "../lib/demo.mjs";
import { journey } from "../lib/journey.mjs";
import { flaws, LOOKS, wear } from "../lib/looks.mjs";

const HOST = "operator";
const SECRET = "quatre mots mis bout à bout";
const env = { EQUIPAGE_OPERATOR_HOST: `${HOST}.localhost` };

/** An operator who was just made, in front of the page of signing in. */
async function operator(server, arrive) {
  const added = server.run(["operator", "add", "ada", "--name", "Ada Lovelace"], `${SECRET}\n`);
  assert.equal(added.status, 0, added.stderr);
  return arrive({ tenant: HOST });
}

journey("an operator proves that organisations are apart, and hands the report on", { engines, env }, async ({ server, arrive }) => {
  const ada = await operator(server, arrive);
  assert.equal(await ada.signIn("ada", "un mot de passe qui ne va pas"), 422);
  assert.equal(await ada.signIn("ada", SECRET), 200);
  assert.match(await ada.text("main"), /Nuage Libre/);
  await ada.press(ada.page.locator('nav a[href="/proofs"]'));
  assert.match(await ada.text("main"), /Aucune preuve/);
  assert.equal(await ada.press(ada.button("/proofs")), 200);
  // A slow machine says first that it is being made; the page looks again by itself.
  const report = ada.page.locator('main tbody a[href^="/proofs/"]');
  if (ada.path() === "/proofs") {
    await report.waitFor();
    await ada.press(report);
  }
  const shown = await ada.text("main article");
  assert.match(shown, /Aucune organisation n’a atteint les données d’une autre/);
  assert.match(shown, /Par ada/);
  assert.doesNotMatch(shown, /fuite/);

  // What is handed on says the same as the page and the command line.
  const [download] = await Promise.all([ada.page.waitForEvent("download"), ada.page.locator('main a[href$="/text"]').click()]);
  const text = await readFile(await download.path(), "utf8");
  assert.match(text, /no tenant reached another's data/);
  const id = ada.path().split("/").pop();
  assert.equal(server.run(["prove", "show", id]).stdout, text);
  const json = await ada.send({ path: `/proofs/${id}/json` });
  assert.equal(JSON.parse(json.body).apart, true);

  // That somebody read across organisations is written down, with the name.
  await ada.press(ada.page.locator('nav a[href="/record"]'));
  assert.match(await ada.text("main table"), /ada .*prouver que les organisations sont étanches/);
  await ada.press(ada.button("/logout"));
  await ada.open("/proofs");
  assert.equal(ada.path(), "/login?next=/proofs");
});

journey("who is disabled is out at once, and organisations know nothing of operators", { env, javaScript: [false] }, async ({ server, arrive, signedIn }) => {
  const ada = await operator(server, arrive);
  await ada.signIn("ada", SECRET);
  const cookie = await ada.cookie();
  assert.match(cookie, /^operator=/);
  // Neither session is worth anything on the other's host.
  assert.equal((await server.send({ path: "/members", cookie: cookie.replace("operator", "session") })).status, 303);
  assert.equal((await server.send({ path: "/proofs", cookie })).status, 404);
  const ines = await signedIn("ines");
  const session = (await ines.cookie()).replace(/.*(session=\w+).*/, "$1");
  for (const stolen of [session, session.replace("session", "operator")]) {
    assert.equal((await server.send({ tenant: HOST, path: "/", cookie: stolen })).headers.location, "/login");
  }
  const done = server.run(["operator", "disable", "ada"]);
  assert.equal(done.status, 0, done.stderr);
  await ada.open("/");
  assert.equal(ada.path(), "/login");
  assert.equal(await ada.signIn("ada", SECRET), 422);
});

journey("the operators' pages read well", { env, javaScript: [true] }, async ({ server, arrive }) => {
  const ada = await operator(server, arrive);
  await ada.open("/login");
  const found = [];
  const look = async () => {
    for (const screen of LOOKS) {
      await wear(ada.page, screen);
      found.push(...(await flaws(ada.page)).map((flaw) => `${ada.path()} (${screen.name}): ${flaw}`));
    }
  };
  await look();
  await ada.signIn("ada", SECRET);
  await ada.open("/proofs");
  await ada.press(ada.button("/proofs"));
  const report = ada.path();
  for (const path of ["/", "/proofs", report, "/record"]) {
    await ada.open(path);
    await look();
  }
  await ada.open("/nowhere", 404);
  await look();
  assert.deepEqual(found, []);
});
