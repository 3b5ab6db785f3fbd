// Addresses: a prefix, the next free one for a service in stock, and who had it when.

import assert from "node:assert/strict";
import { journey } from "../lib/journey.mjs";

const STOCK = "/services?state=available&q=vpn";

journey("a crew gives the next free address to a service in stock, and whoever gets the service has it", {}, async ({ signedIn }) => {
  const ines = await signedIn("ines");
  await ines.open("/addresses/new");
  // A network that is written by an address in it is refused, with the right one.
  let form = await ines.fill({ network: "192.0.2.7/24", label: "Essais", hands_out: "32" });
  assert.equal(await ines.press(form.locator("button.is-primary")), 422);
  assert.match(await ines.text("main"), /192\.0\.2\.0\/24/);
  assert.equal(await ines.page.locator("#label").inputValue(), "Essais");
  form = await ines.fill({ network: "192.0.2.0/24" });
  assert.equal(await ines.press(form.locator("button.is-primary")), 200);
  const prefix = ines.path();
  form = await ines.fill({ range: "192.0.2.0 - 192.0.2.9", reason: "Passerelles" }, "main form[action$='/reserved']");
  assert.equal(await ines.press(form.locator("button")), 200);
  assert.match(await ines.text("main"), /Prochaine libre : 192\.0\.2\.10/);

  const malik = await signedIn("malik");
  await malik.open(STOCK);
  await malik.press(malik.page.locator("main tbody tr .row-link").first());
  const service = malik.path();
  assert.equal(await malik.press(`main a[href="${service}/addresses/new"]`), 200);
  const choice = await malik.page.locator('main select[name="prefix"] option', { hasText: "Essais" }).getAttribute("value");
  form = await malik.fill({ prefix: choice });
  assert.equal(await malik.press(form.locator("button.is-primary")), 200);
  assert.equal(malik.path(), service);
  assert.match(await malik.text("main"), /192\.0\.2\.10.*en cours/);
  // The same one to another service is refused at its field.
  await malik.open(`${service}/addresses/new`);
  form = await malik.fill({ network: "192.0.2.8/29" });
  assert.equal(await malik.press(form.locator("button.is-primary")), 422);
  assert.equal(await malik.page.locator("#network").inputValue(), "192.0.2.8/29");

  await malik.open(`${service}/give`);
  form = await malik.fill({ member: "Léa Benamar" });
  assert.equal(await malik.press(form.locator("button.is-primary")), 200);
  await malik.open("/services?q=192.0.2.10");
  assert.equal(await malik.page.locator("main tbody tr").count(), 1);
  const lea = await signedIn("lea");
  await lea.open("/me");
  assert.match(await lea.text("main"), /192\.0\.2\.10/);

  // Another crew sees that it is taken, and not by whom.
  const jeanne = await signedIn("jeanne");
  await jeanne.open(prefix);
  assert.match(await jeanne.text("main"), /192\.0\.2\.10 à une autre équipe/);
  assert.doesNotMatch(await jeanne.text("main"), /vpn/i);
  assert.equal((await jeanne.send({ path: "/addresses/who" })).status, 403);
});

journey("who had an address is answered for its moment, and the question is kept", {}, async ({ signedIn }) => {
  const malik = await signedIn("malik");
  await malik.open("/services?state=in_use&q=vpn-01");
  const line = await malik.text("main tbody tr");
  const address = line.match(/198\.51\.100\.\d+/)[0];
  const ines = await signedIn("ines");
  const ask = async (fields) => {
    await ines.open("/addresses/who");
    const form = await ines.fill({ address, time: "12:00", reference: "Réquisition 2026-17", ...fields });
    return ines.press(form.locator("button.is-primary"));
  };
  const day = (ago) => new Date(Date.now() - ago * 86400000).toISOString().slice(0, 10);
  assert.equal(await ask({ on: day(1), reference: "" }), 422);
  assert.equal(await ines.page.locator("#address").inputValue(), address);
  assert.equal(await ask({ on: day(1) }), 200);
  assert.match(await ines.text("main"), /avait le service qui avait cette adresse.*VPN · vpn-01.*Adresse donnée/);
  assert.equal(await ask({ on: day(3000) }), 200);
  assert.match(await ines.text("main"), /aucun service ne l’avait à ce moment/);
  await ines.open("/addresses/who");
  assert.equal(await ines.page.locator("main tbody tr").count(), 2);
});
