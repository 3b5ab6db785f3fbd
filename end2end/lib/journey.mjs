// A journey is a test that gets a server of its own and people who come to it. It runs with JavaScript and without.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { launch, Person } from "./browser.mjs";
import { dropOwnDemo } from "./demo.mjs";
import { serve } from "./server.mjs";

let browser;
after(async () => {
  await (await browser)?.close();
  await dropOwnDemo();
});

const BOTH = [true, false];

/**
 * `walk` is given `arrive(options)` (somebody with a browser), `signedIn(name, options)`, the `server`, and whether
 * there is JavaScript. Options, where they are not the usual: `javaScript` ([true], [false]), `engines`, and `env`, the
 * server's configuration.
 */
export function journey(name, { javaScript = BOTH, engines = ["sqlite"], env = {} }, walk) {
  for (const engine of engines) {
    for (const js of javaScript) {
      const notes = [js ? "with JavaScript" : "without JavaScript", ...(engine === "sqlite" ? [] : [engine])];
      test(`${name} (${notes.join(", ")})`, () => once(engine, env, js, walk));
    }
  }
}

async function once(engine, env, javaScript, walk) {
  const started = await (browser ??= launch());
  const server = await serve(engine, env);
  const people = [];
  const arrive = async (options = {}) => {
    const person = await Person.arrive(started, server, { javaScript, ...options });
    people.push(person);
    return person;
  };
  const signedIn = async (name, options = {}) => {
    const person = await arrive(options);
    assert.equal(await person.signIn(name), 200, `${name} signs in`);
    assert.notEqual(person.path(), "/login", `${name} signs in`);
    return person;
  };
  try {
    await walk({ server, javaScript, arrive, signedIn });
    assert.deepEqual(people.flatMap((p) => p.faults()), [], "what browsers complained of");
    assert.doesNotMatch(server.log(), /ERROR|panicked/, "what the server logged");
  } catch (error) {
    const where = people.map((p) => p.page.url()).join(", ");
    error.message += `\n  (pages: ${where}${server.log() ? `; the server's log: ${server.log().slice(-2000)}` : ""})`;
    throw error;
  } finally {
    for (const person of people) await person.leave().catch(() => {});
    await server.stop();
  }
}
