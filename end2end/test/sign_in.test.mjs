// Signing in: what is told to whom, when it is locked, and which sessions end when.

import assert from "node:assert/strict";
import { PASSWORD } from "../lib/demo.mjs";
import { journey } from "../lib/journey.mjs";

const WRONG = "un mot de passe qui ne va pas";

journey("a wrong password and an unknown name get the same answer", {}, async ({ arrive }) => {
  const answers = [];
  const person = await arrive();
  for (const name of ["tom", "personne", "tom@example.org", "personne@example.org"]) {
    const status = await person.signIn(name, WRONG);
    assert.equal(person.path(), "/login");
    assert.equal(await person.page.inputValue('[name="name"]'), name, "the name is kept");
    assert.equal(await person.page.inputValue('[name="password"]'), "", "the password is not");
    answers.push({ status, text: await person.text() });
  }
  assert.equal(answers[0].status, 422);
  assert.match(answers[0].text, /Le nom ou le mot de passe ne convient pas/);
  for (const answer of answers) assert.deepEqual(answer, answers[0]);
});

journey("name or e-mail and password open the door, which leads where one wanted to go", {}, async ({ arrive }) => {
  for (const name of ["tom", "TOM@example.org"]) {
    const person = await arrive();
    await person.open("/account");
    assert.equal(person.path(), "/login?next=/account");
    await person.fill({ name, password: PASSWORD });
    assert.equal(await person.press(person.button("/login")), 200);
    assert.equal(person.path(), "/account");
    assert.match(await person.text(), /Tom Verhaegen/);
  }
});

journey("where to go after signing in is never another site", { javaScript: [false] }, async ({ server }) => {
  for (const next of ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"]) {
    const answer = await server.send({ method: "POST", path: "/login", form: { name: "tom", password: PASSWORD, next } });
    assert.equal(answer.status, 303);
    assert.equal(answer.headers.location, "/", next);
  }
});

journey("five failures lock an account, known or not, and no other one", { javaScript: [false] }, async ({ server }) => {
  const attempt = (name, password) => server.send({ method: "POST", path: "/login", form: { name, password } });
  for (const name of ["claire", "personne"]) {
    for (let n = 1; n <= 5; n += 1) assert.equal((await attempt(name, WRONG)).status, 422, `failure ${n} of ${name}`);
    const locked = await attempt(name, PASSWORD);
    assert.equal(locked.status, 429, `${name}, with the right password`);
    assert.match(locked.body, /Trop d’essais/);
    assert.equal(locked.headers["set-cookie"]?.some((c) => c.startsWith("session=")) ?? false, false);
  }
  assert.equal((await attempt("tom", PASSWORD)).status, 303, "others are not locked");
});

journey("one's sessions are listed, and ending one shows the other browser the door", {}, async ({ signedIn }) => {
  const here = await signedIn("tom");
  const there = await signedIn("tom");
  await there.open("/account");
  await here.open("/account");
  const rows = here.page.locator("section[aria-labelledby=sessions] tbody tr");
  assert.equal(await rows.count(), 2);
  assert.match(await here.text("section[aria-labelledby=sessions]"), /ce navigateur/);
  assert.equal(await here.press('form[action^="/account/sessions/"][action$="/end"] button'), 200);
  assert.equal(await rows.count(), 1);
  await there.open("/account");
  assert.equal(there.path(), "/login?next=/account");
  await here.open("/account");
  assert.equal(here.path(), "/account");
});

journey("who signs out is out, also with a cookie that was kept", {}, async ({ server, signedIn }) => {
  const tom = await signedIn("tom");
  const cookie = await tom.cookie();
  assert.equal((await server.send({ path: "/account", cookie })).status, 200);
  assert.equal(await tom.press(tom.button("/logout")), 200);
  assert.equal(tom.path(), "/login");
  assert.match(await tom.text(), /Vous êtes déconnecté/);
  assert.equal((await server.send({ path: "/account", cookie })).headers.location, "/login?next=/account");
});

journey("a new password ends the other sessions; a short one is refused at its field", {}, async ({ arrive, signedIn }) => {
  const here = await signedIn("tom");
  const there = await signedIn("tom");
  await here.open("/account");
  const change = async (present, password) => {
    await here.fill({ present, password });
    return here.press(here.button("/account/password"));
  };
  assert.equal(await change(PASSWORD, "trop court"), 422);
  assert.match(await here.text("#password-error"), /15 caractères/);
  assert.equal(await change(WRONG, "quatre mots mis bout à bout"), 422);
  assert.equal(await change(PASSWORD, "quatre mots mis bout à bout"), 200);
  assert.match(await here.text(), /Le mot de passe est changé/);
  await there.open("/account");
  assert.equal(there.path(), "/login?next=/account");
  const again = await arrive();
  assert.equal(await again.signIn("tom", PASSWORD), 422, "the old one");
  assert.equal(await again.signIn("tom", "quatre mots mis bout à bout"), 200, "the new one");
});

journey("a session that somebody planted is not taken over", { javaScript: [false] }, async ({ server }) => {
  const planted = "a".repeat(64);
  const answer = await server.send({ method: "POST", path: "/login", cookie: `session=${planted}`, form: { name: "tom", password: PASSWORD } });
  const [, token] = answer.headers["set-cookie"].find((c) => c.startsWith("session=")).match(/^session=([^;]*)/);
  assert.match(token, /^[0-9a-f]{64}$/);
  assert.notEqual(token, planted);
  assert.equal((await server.send({ path: "/account", cookie: `session=${planted}` })).status, 303);
});
