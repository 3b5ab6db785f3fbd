// Crews and access: an administrator makes a crew from nothing and lets somebody in, who sees exactly what the crew
// gives, and is out at once when that ends.

import assert from "node:assert/strict";
import { journey } from "../lib/journey.mjs";

const SECRET = "quatre mots mis bout à bout";

journey("a new crew, a login by a link, and the end of it", {}, async ({ arrive, signedIn }) => {
  const ines = await signedIn("ines");
  // A person from nothing.
  await ines.open("/people/new");
  await ines.fill({ given_name: "Zoé", name: "Zola", email: "zoe.zola@example.org" });
  assert.equal(await ines.press(ines.button("/people/new")), 200);
  const person = ines.path();
  assert.match(await ines.text("section[aria-labelledby=access]"), /ne peut pas encore se connecter/);

  // A crew from nothing: a right that Inès lacks is locked, and says why.
  await ines.open("/crews");
  await ines.press('a[href="/crews/new"]');
  const locked = ines.page.locator('input[name=rights][value="payments_validate"]');
  assert.equal(await locked.isDisabled(), true);
  assert.match(await ines.text("main fieldset"), /vous n’avez pas ce droit vous-même/);
  await ines.fill({ name: "" });
  assert.equal(await ines.press(ines.button("/crews/new")), 422);
  await ines.fill({ name: "Accueil" });
  await ines.page.locator('input[name=rights][value="people"]').check();
  assert.equal(await ines.press(ines.button("/crews/new")), 200);
  const crew = ines.path();
  assert.match(crew, /^\/crews\/[0-9a-f-]{36}$/);
  assert.match(await ines.text(), /Personne n’est dans cette équipe/);

  // The person is added by name.
  await ines.fill({ person: "zola zoé" });
  assert.equal(await ines.press(ines.button(`${crew}/people`)), 200);
  assert.match(await ines.text("section[aria-labelledby=people]"), /Zoé Zola ne peut pas encore se connecter/);
  assert.equal(await ines.page.locator(`form[action="${crew}/delete"]`).count(), 0, "who is in it is in the way");

  // A login: the name is proposed, the link is shown once.
  await ines.open(person);
  assert.match(await ines.text("section[aria-labelledby=access]"), /Équipe Accueil peut modifier les personnes/);
  assert.equal(await ines.page.inputValue('[name="login"]'), "zoe");
  assert.equal(await ines.press(ines.button(`${person}/login`)), 200);
  const link = await ines.page.locator(".copy code").innerText();
  assert.match(link, /\/welcome\/[0-9a-f]{64}$/);
  await ines.open(person);
  assert.doesNotMatch(await ines.page.content(), /\/welcome\/[0-9a-f]/);
  assert.match(await ines.text("section[aria-labelledby=access]"), /mot de passe à choisir lien valable jusqu’au/);

  // The person follows it, chooses a password, and signs in.
  const zoe = await arrive();
  const { pathname } = new URL(link);
  const opened = await zoe.open(pathname);
  assert.equal(opened.headers()["referrer-policy"], "strict-origin");
  assert.match(await zoe.text(), /Bonjour, Zoé Zola/);
  await zoe.fill({ password: "trop court" });
  assert.equal(await zoe.press(zoe.button(pathname)), 422);
  await zoe.fill({ password: SECRET });
  assert.equal(await zoe.press(zoe.button(pathname)), 200);
  assert.equal(zoe.path(), "/login");
  assert.match(await zoe.text(), /Votre mot de passe est choisi/);
  await zoe.open(pathname, 422);
  assert.match(await zoe.text(), /Ce lien n’est plus valable/);
  assert.equal(await zoe.signIn("zoe", SECRET), 200);

  // Exactly what the crew gives.
  await zoe.open("/account");
  assert.match(await zoe.text("section[aria-labelledby=rights]"), /Équipe Accueil peut modifier les personnes/);
  await zoe.open(`${person}/edit`);
  for (const path of ["/members", "/crews", crew]) await zoe.open(path);
  assert.equal(await zoe.page.locator("main form").count(), 0, "a crew's page is for looking");
  for (const path of ["/settings", "/audit", "/crews/new", "/payments/new", "/members/new"]) await zoe.open(path, 403);
  const token = { method: "POST", path: `${crew}/people`, form: { person: "tom" } };
  assert.equal((await zoe.send(token)).status, 403);

  // And out at once.
  await ines.open(person);
  assert.equal(await ines.press(ines.button(`${person}/login/disable`)), 200);
  assert.match(await ines.text(), /L’accès est désactivé/);
  await zoe.open("/account");
  assert.equal(zoe.path(), "/login?next=/account");
  assert.equal(await zoe.signIn("zoe", SECRET), 422);
  assert.match(await zoe.text(), /Le nom ou le mot de passe ne convient pas/);
});

journey("nobody is locked out, and nobody gives what they lack", {}, async ({ signedIn }) => {
  const ines = await signedIn("ines");
  await ines.open("/crews");
  await ines.press(ines.page.getByRole("link", { name: "Équipe banque" }));
  assert.match(await ines.text("section[aria-labelledby=people]"), /On ne donne et ne retire que ce que l’on a soi-même/);
  assert.equal(await ines.page.locator("section[aria-labelledby=people] form").count(), 0);
  // What is locked and ticked stays, where the rest changes.
  await ines.fill({ name: "Trésorerie" });
  const bank = ines.path();
  assert.equal(await ines.press(ines.button(bank)), 200);
  assert.equal(await ines.page.locator('input[value="payments_validate"][type=checkbox]').isChecked(), true);

  await ines.open("/crews");
  await ines.press(ines.page.getByRole("link", { name: "Administration", exact: true }));
  const administration = ines.path();
  await ines.page.locator('input[name=rights][value="settings"]').uncheck();
  assert.equal(await ines.press(ines.button(administration)), 409);
  assert.match(await ines.text(), /dernier accès qui permet de changer les réglages/);
  await ines.open(administration);
  const remove = ines.page.getByRole("row", { name: /Inès Carvalho/ }).getByRole("button");
  assert.equal(await ines.press(remove), 409);
  assert.match(await ines.text(), /dernier accès qui permet de changer les réglages/);
});
