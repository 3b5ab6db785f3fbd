// Forms: nothing that was typed is lost, what is wrong is said at its field, and no text whatever breaks anything.

import assert from "node:assert/strict";
import { encode } from "../lib/server.mjs";
import { escapes, HOSTILE } from "../lib/hostile.mjs";
import { journey } from "../lib/journey.mjs";
import { pagesOf } from "../lib/pages.mjs";

const WRONG = [
  {
    who: "tom",
    path: "/people/new",
    typed: { given_name: "Zoé", name: "Ålesund-Óğuz", email: "zoe@", phone: "zéro six", note: "Deux\nlignes" },
    errors: ["email", "phone"],
  },
  {
    who: "tom",
    path: "/payments/new",
    typed: { member: "personne de ce nom", amount: "trente", received_on: "", note: "Remarque" },
    errors: ["amount", "member", "received_on"],
  },
  { who: "ines", path: "/settings", typed: { title: "", iban: "FR76 0000" }, errors: ["title", "iban"] },
];

for (const { who, path, typed, errors } of WRONG) {
  journey(`${path} keeps what was typed and says what is wrong at its field`, {}, async ({ signedIn }) => {
    const person = await signedIn(who);
    const { page } = person;
    await person.open(path);
    const form = await person.fill(typed);
    assert.equal(await person.press(form.locator("button.is-primary").last()), 422);
    for (const [name, value] of Object.entries(typed)) {
      assert.equal(await page.locator(`main form [name="${name}"]`).first().inputValue(), value, name);
    }
    const shown = await page.locator("main p.error").evaluateAll((all) => all.map((e) => e.id));
    assert.deepEqual(shown.sort(), errors.map((name) => `${name}-error`).sort());
    for (const name of errors) {
      const field = page.locator(`#${name}`);
      assert.equal(await field.getAttribute("aria-invalid"), "true", name);
      assert.match(await field.getAttribute("aria-describedby"), new RegExp(`\\b${name}-error\\b`));
      assert.equal(await page.locator(`.summary a[href="#${name}"]`).count(), 1, `the summary leads to ${name}`);
    }
  });
}

// Ending one's own session ends the try; the others are sent with all that they have.
const LEFT_OUT = ["/logout"];
// What is never shown again.
const SECRET = ["password", "present", "set_secret", "set_token"];

for (const who of ["lea", "tom", "claire", "ines"]) {
  journey(`no text in any form that ${who} has breaks anything`, { javaScript: [false] }, async ({ signedIn }) => {
    const person = await signedIn(who);
    const pages = await pagesOf(person, who);
    const seen = new Set();
    let sent = 0;
    for (const path of pages) {
      for (const form of await formsOn(person, path)) {
        const kind = kindOf(form);
        if (seen.has(kind) || form.method === "DIALOG" || LEFT_OUT.includes(form.action)) continue;
        seen.add(kind);
        for (const [what, text] of Object.entries(HOSTILE)) sent += await tries(person, path, kind, what, text);
      }
    }
    assert.ok(sent > 20, `only ${sent} forms were tried`);
    // What was kept is shown on the lists without doing anything.
    for (const path of pages) {
      const answer = await person.open(path, null);
      assert.ok([200, 404, 409].includes(answer.status()), `${path}: ${answer.status()}`);
      assert.equal(await person.page.locator("main img[src=x], main script:not([src])").count(), 0, path);
    }
  });
}

// What a form needs where it opens with empty fields, so that one strange field is all that can be wrong.
const SENSIBLE = { name: "Nom", member: "Léa Benamar", amount: "1", reason: "Raison", joined_on: "2026-01-01", received_on: "2026-01-01" };

/** Sends a form with a text in each field that takes one, then in all fields that there are; gives how often. */
async function tries(person, path, kind, what, text) {
  let sent = 0;
  const fields = (await formsOn(person, path)).find((f) => kindOf(f) === kind)?.fields ?? [];
  for (const field of [...fields.filter((f) => f.isText).map((f) => f.name), null]) {
    // A form has one effect: each try needs a fresh one. It may be gone with what it was for.
    const form = (await formsOn(person, path)).find((f) => kindOf(f) === kind);
    if (!form) break;
    const pairs = form.fields.map(({ name, value }) => [name, field === null || name === field ? text : value || (SENSIBLE[name] ?? "")]);
    const answer = await submit(person, form, pairs);
    const where = `${form.method} ${form.action} with ${what} in ${field ?? "every field"}`;
    assert.ok(answer.status < 500, `${where}: ${answer.status}`);
    assert.ok(!answer.headers["set-cookie"]?.some((c) => c.startsWith("session=1")), where);
    // A file holds what people wrote as they wrote it.
    const isPage = (answer.headers["content-type"] ?? "").startsWith("text/html");
    assert.ok(!isPage || !answer.body.includes("<img src=x"), `${where}: it lives in the page`);
    if (answer.status === 422 && field && !SECRET.includes(field)) checkKept(answer.body, text, where);
    sent += 1;
  }
  return sent;
}

const kindOf = ({ method, action, fields }) => `${method} ${action.replace(/[0-9a-f-]{36}/g, "ID")} ${fields.map((f) => f.name)}`;

/** The forms of a page: where they go, and their fields. */
async function formsOn(person, path) {
  const { body } = await person.send({ path });
  return person.page.evaluate(
    ([html, here]) =>
      [...new DOMParser().parseFromString(html, "text/html").forms].map((form) => ({
        // Not form.method: a field of this name would take its place.
        method: (form.getAttribute("method") ?? "get").toUpperCase(),
        action: form.getAttribute("action") ?? here,
        multipart: form.getAttribute("enctype") === "multipart/form-data",
        fields: [...form.elements]
          // A button is not sent unless it is pressed.
          // Whose the form is, is no text of a person's: with another one, it is refused.
          .filter((e) => e.name && e.name !== "_person" && e.localName !== "button" && (!["radio", "checkbox"].includes(e.type) || e.checked))
          .map((e) => ({
            name: e.name,
            value: e.value,
            isText: e.localName === "textarea" || ["text", "search", "email", "tel", "password", "number", "date"].includes(e.type),
          })),
      })),
    [body, path.split("?")[0]],
  );
}

function submit(person, { method, action, multipart }, pairs) {
  if (method === "GET") return person.send({ path: `${action}?${encode(pairs)}` });
  if (!multipart) return person.send({ method, path: action, form: pairs });
  const part = ([name, value]) => `--limit\r\nContent-Disposition: form-data; name="${name}"; filename="a.csv"\r\n\r\n${value}\r\n`;
  const body = `${pairs.map(part).join("")}--limit--\r\n`;
  return person.send({ method, path: action, body, headers: { "content-type": "multipart/form-data; boundary=limit" } });
}

/** What was refused stands in the form again. A NUL cannot stand in HTML, a line end not in a field of one line. */
function checkKept(body, text, where) {
  if (/[\0\r\ud800-\udfff\uffff]/.test(text)) return;
  assert.ok(escapes(text).some((t) => body.includes(t)), `${where}: what was typed is lost`);
}
