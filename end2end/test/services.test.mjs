// Services: a type for a crew, stock, a payment, and that another crew sees nothing of it.

import assert from "node:assert/strict";
import { journey } from "../lib/journey.mjs";
import { someLink } from "../lib/pages.mjs";
import { validateInQueue } from "../lib/steps.mjs";

/** Prepares a service; gives its path. */
async function prepare(person, type, fields) {
  await person.open("/services/new");
  const kind = await person.page.locator('main select[name="kind"] option', { hasText: type }).getAttribute("value");
  const form = await person.fill({ kind, ...fields });
  assert.equal(await person.press(form.locator("button.is-primary")), 200, `${fields.label} is prepared`);
  return person.path();
}

journey("a type works at once: stock, a member, a payment, and the service says until when it is paid", {}, async ({ signedIn }) => {
  const ines = await signedIn("ines");
  await ines.open("/service-types/new");
  const crew = await ines.page.locator('main select[name="crew"] option', { hasText: "Équipe réseau" }).getAttribute("value");
  const type = await ines.fill({ name: "Tunnel", crew, colour: "plum", months: "3", price: "9,00" });
  assert.equal(await ines.press(type.locator("button.is-primary")), 200);
  assert.match(await ines.text("main table"), /Tunnel Équipe réseau 9,00 € pour 3 mois/);

  const malik = await signedIn("malik");
  const tunnel = await prepare(malik, "Tunnel", { label: "tunnel-a" });
  await prepare(malik, "Tunnel", { label: "tunnel-b" });
  await malik.open("/services?state=available&q=tunnel");
  assert.equal(await malik.page.locator("main tbody tr").count(), 2);

  await malik.open(tunnel);
  assert.equal(await malik.press(`main a[href="${tunnel}/give"]`), 200);
  // Who is not known is said at the field, and what was typed stays.
  let give = await malik.fill({ member: "Personne du tout", from_on: "2026-01-01" });
  assert.equal(await malik.press(give.locator("button.is-primary")), 422);
  assert.equal(await malik.page.locator("#member").inputValue(), "Personne du tout");
  give = await malik.fill({ member: "Léa Benamar", from_on: "2020-01-01", until_on: "" });
  assert.equal(await malik.press(give.locator("button.is-primary")), 200);
  assert.match(await malik.text("main"), /en service.*jamais payé/);

  assert.equal(await malik.press(malik.page.locator('main a[href^="/payments/new?service="]').first()), 200);
  assert.match(await malik.text("main"), /Tunnel · tunnel-a\. Proposé : .*« Tunnel » à 9,00 €, depuis le premier jour du service/);
  assert.equal(await malik.page.locator("#amount").inputValue(), "9,00");
  const pay = await malik.fill({ period_from: "2020-01-01", period_until: "2030-12-31" });
  assert.equal(await malik.press(pay.locator("button.is-primary")), 200);
  const payment = malik.path();
  await malik.open(tunnel);
  assert.match(await malik.text("main"), /Un paiement attend la banque/);

  const claire = await signedIn("claire");
  await claire.open("/payments/queue");
  assert.match(await claire.text("main table"), /Tunnel · tunnel-a/);
  assert.equal(await validateInQueue(claire, [payment]), 200);
  await malik.open(tunnel);
  assert.match(await malik.text("main"), /payé jusqu’au 31 décembre 2030/);

  const lea = await signedIn("lea");
  await lea.open("/me");
  assert.match(await lea.text("main"), /Mes services.*tunnel-a Tunnel.*payé jusqu’au 31 décembre 2030/);
});

journey("a crew sees nothing of another crew's services", {}, async ({ signedIn }) => {
  const malik = await signedIn("malik");
  const vpn = await someLink(malik, "/services?state=late", "/services");
  const { body } = await malik.send({ path: vpn });
  const member = body.match(/href="(\/members\/[0-9a-f-]{36})"/)[1];
  assert.match((await malik.send({ path: member })).body, new RegExp(`href="${vpn}"`));

  const jeanne = await signedIn("jeanne");
  await jeanne.open("/services");
  assert.match(await jeanne.text("main"), /site-01/);
  assert.doesNotMatch(await jeanne.text("main"), /vpn/i);
  await jeanne.open("/services?q=vpn");
  assert.match(await jeanne.text("main"), /Aucun service ne correspond/);
  const gone = await jeanne.send({ path: vpn });
  const never = await jeanne.send({ path: vpn.replace(/[0-9a-f]{12}$/, "000000000000") });
  assert.equal(gone.status, 404);
  const bare = (text) => text.replaceAll(/nonce="[^"]*"|[0-9a-f]{8}-[0-9a-f-]{27}/g, "");
  assert.equal(bare(gone.body), bare(never.body));
  for (const path of [`${vpn}/edit`, `${vpn}/give`, `/payments/new?service=${vpn.split("/").pop()}`]) {
    assert.equal((await jeanne.send({ path })).status, 404, path);
  }
  const seen = await jeanne.send({ path: member });
  assert.equal(seen.status, 200);
  assert.doesNotMatch(seen.body, /vpn-\d/);
  for (const path of ["/", "/payments?q=vpn", "/service-types", "/receipts"]) {
    assert.doesNotMatch((await jeanne.send({ path })).body, /vpn-\d|>VPN</, path);
  }
});
