// Services and their addresses come from another program's files, are seen before, and go again as a whole.

import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { journey } from "../lib/journey.mjs";

const SERVICES = `ID;Libellé;Adhérent;Début;Fin;Notes
901;tunnel-901;Léa Benamar;2024-01-01;;venu de l’ancien programme
902;tunnel-902;;;;au dépôt
903;tunnel-903;Personne Du Tout;2024-01-01;;
`;
const ADDRESSES = `ID;Adresse IP;Début
901;198.51.100.120;2024-01-01
902;198.51.100.120;2025-01-01
902;198.51.100.121;2025-01-01
`;

function fileOf(name, text) {
  const path = join(mkdtempSync(join(tmpdir(), "equipage-services-")), name);
  writeFileSync(path, text);
  return path;
}

/** Uploads a file; the page of its columns and of its preview is open. Gives its path. */
async function upload(person, file) {
  await person.open("/services/import");
  await person.fill({ file });
  assert.equal(await person.press(person.page.locator('main form[enctype] button.is-primary')), 200);
  return person.path();
}

/** Says of which type the services are. */
async function choose(person, path, type) {
  const kind = await person.page.locator('main select[name="kind"] option', { hasText: type }).getAttribute("value");
  await person.fill({ kind, source: "Djadhere" });
  assert.equal(await person.press(person.button(`${path}/columns`)), 200);
}

async function undo(person, path) {
  await person.open(path);
  await person.page.locator("main details summary").last().click();
  return person.press(person.button(`${path}/undo`));
}

journey("a crew moves its services over, with their addresses, and takes both back", {}, async ({ signedIn }) => {
  const malik = await signedIn("malik");
  const services = await upload(malik, fileOf("services.csv", SERVICES));
  // The file says no type: the page opens with what is missing.
  assert.match(await malik.text("main"), /Que dit chaque colonne/);
  await choose(malik, services, "VPN");
  assert.match(await malik.text("main"), /« Personne Du Tout »/);
  // Nothing is left out that nobody said to leave out.
  assert.equal(await malik.press(malik.button(`${services}/apply`)), 422);
  await malik.fill({ leave_out: true }, `form[action="${services}/apply"]`);
  assert.equal(await malik.press(malik.button(`${services}/apply`)), 200);
  assert.match(await malik.text("main"), /Import terminé.*2 services, 1 attribution/);

  const addresses = await upload(malik, fileOf("adresses.csv", ADDRESSES));
  assert.match(await malik.text("main"), /Un autre service a cette adresse/, "at its line, before anything is written");
  await malik.fill({ leave_out: true }, `form[action="${addresses}/apply"]`);
  assert.equal(await malik.press(malik.button(`${addresses}/apply`)), 200);
  await malik.open("/services?q=tunnel-90");
  assert.match(await malik.text("main table"), /tunnel-901 198\.51\.100\.120 VPN Léa Benamar/);
  assert.match(await malik.text("main table"), /tunnel-902.*198\.51\.100\.121/);

  // What was given is a file, as the prefix's page shows it.
  const wanted = { list: "addresses", format: "csv", filter: "within=198.51.100.120/31" };
  const given = await malik.send({ method: "POST", path: "/exports", form: wanted });
  assert.match(given.body, /198\.51\.100\.120[;,]VPN · tunnel-901[^]*198\.51\.100\.121[;,]VPN · tunnel-902/);
  assert.doesNotMatch(given.body, /198\.51\.100\.65/);

  // The same file again adds nothing.
  const again = await upload(malik, fileOf("services.csv", SERVICES.split("\n").slice(0, 3).join("\n")));
  await choose(malik, again, "VPN");
  assert.match(await malik.text("main"), /est déjà là/);

  // Another crew has nothing of it.
  const jeanne = await signedIn("jeanne");
  assert.equal((await jeanne.send({ path: services })).status, 404);

  assert.equal(await undo(malik, addresses), 200);
  assert.equal(await undo(malik, services), 200);
  assert.match(await malik.text("main"), /Import annulé/);
  await malik.open("/services?q=tunnel-90");
  assert.doesNotMatch(await malik.text("main"), /tunnel-901/);
});
