// A browser, and people in it. What no journey may show fails it: an error in the console, a script that breaks, a
// violation of the content security policy, an answer with the status 500.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { MAIN, PASSWORD } from "./demo.mjs";

const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const NAMES = ["chromium", "chromium-browser", "google-chrome"];
const STEP_MS = 15_000;

/** Starts a browser with a fresh profile. */
export function launch() {
  const places = process.env.PATH.split(":").flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const executablePath = process.env.CHROMIUM ?? places.find((path) => existsSync(path));
  if (!executablePath) throw new Error("there is no Chromium in PATH: script/bootstrap --tests, or set CHROMIUM");
  return chromium.launch({ executablePath, headless: true, args: ARGS });
}

/** Somebody in front of a browser of their own (no cookie is shared). */
export class Person {
  #context;
  #faults = [];
  #documents = new Map();
  #last = null;

  /** Called on every page that was arrived at. */
  arrived = async () => {};

  /** `options`: `javaScript`, `tenant` (null for the base domain), and playwright's own for a context. */
  static async arrive(browser, server, { javaScript = true, tenant = MAIN, ...options } = {}) {
    const person = new Person();
    person.server = server;
    person.tenant = tenant;
    person.javaScript = javaScript;
    person.#context = await browser.newContext({
      javaScriptEnabled: javaScript,
      locale: "fr-FR",
      timezoneId: "Europe/Paris",
      viewport: { width: 1280, height: 900 },
      ...options,
      baseURL: server.origin(tenant),
    });
    person.page = await person.#context.newPage();
    person.page.setDefaultTimeout(STEP_MS);
    person.#watch();
    return person;
  }

  #watch() {
    const { page } = this;
    page.on("pageerror", (error) => this.#faults.push(`a script broke on ${page.url()}: ${error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error") this.#faults.push({ text: message.text(), url: message.location().url, on: page.url() });
    });
    page.on("response", (response) => {
      const request = response.request();
      const isPage = request.isNavigationRequest() && request.frame() === page.mainFrame();
      if (isPage) {
        this.#documents.set(response.url(), response.status());
        this.#last = response;
      } else if (request.headers()["x-live"] === "1" || new URL(response.url()).pathname === "/payments/new") {
        // The answer to a live form stands for a page, and so does a proposal for what was typed so far.
        this.#documents.set(response.url(), response.status());
      }
      if (response.status() >= 500) this.#faults.push(`${request.method()} ${response.url()} answered ${response.status()}`);
    });
  }

  /** What went wrong without anybody having asked. */
  faults() {
    // A page that refuses something says so with its status, and the browser notes that as an error: not a fault.
    const isRefusal = (f) => f.text?.startsWith("Failed to load resource") && this.#documents.get(f.url) < 500;
    return this.#faults.filter((f) => !isRefusal(f)).map((f) => (typeof f === "string" ? f : `console on ${f.on}: ${f.text} ${f.url}`));
  }

  /** Forgets the faults so far: for journeys that look at them page by page. */
  takeFaults() {
    const faults = this.faults();
    this.#faults = [];
    return faults;
  }

  /** Opens a page and waits until it is alive. */
  async open(path, status = 200) {
    const response = await this.page.goto(path);
    await this.#settle();
    if (status) assert.equal(response.status(), status, `GET ${path}`);
    return response;
  }

  /**
   * Does what leads to another page, or to an answer within this one, and waits until that is alive. Gives the
   * status. With JavaScript a form goes by fetch: a 204 says where to go on.
   */
  async leads(action) {
    const { page } = this;
    const here = new URL(page.url()).pathname;
    const loaded = page.waitForEvent("load").then(() => null);
    const answered = page.waitForResponse((r) => r.request().headers()["x-live"] === "1");
    // A step that fails before anything loads is the one to be told of.
    for (const one of [loaded, answered]) one.catch(() => {});
    await action();
    const answer = await Promise.race([loaded, answered]);
    const next = answer && (await answer.headerValue("x-next"));
    const leaves = next && new URL(next, page.url()).pathname !== here;
    if (leaves) await loaded;
    else if (answer) await page.locator("html:not([data-busy])").waitFor({ state: "attached" });
    await this.#settle();
    if (!answer || leaves) return this.#last.status();
    return next ? 200 : answer.status();
  }

  /** Presses what leads to another page. */
  press(locator) {
    return this.leads(() => this.find(locator).click());
  }

  async #settle() {
    if (this.javaScript && (await this.page.locator("leptos-island").count()) > 0) {
      await this.page.locator("html[data-hydrated]").waitFor({ state: "attached" });
    }
    await this.arrived(this);
  }

  /** A locator, or a CSS selector. */
  find(what) {
    return typeof what === "string" ? this.page.locator(what) : what;
  }

  /** The first button that sends the form with this action. */
  button(action) {
    return this.page.locator(`form[action="${action}"] button:not([type="button"]):not([name="language"])`).first();
  }

  /** Fills fields by their names, in the first form that has them all. */
  async fill(fields, form = "main form") {
    const has = Object.keys(fields).map((name) => `:has([name="${name}"])`).join("");
    const scope = this.page.locator(`${form}${has}`).first();
    for (const [name, value] of Object.entries(fields)) await fillOne(scope.locator(`[name="${name}"]`), value);
    return scope;
  }

  /** The text of the page, as it is seen; runs of space are one. */
  async text(selector = "body") {
    return tidy(await this.page.locator(selector).first().innerText());
  }

  /** Where the browser is, without the host. */
  path() {
    const { pathname, search } = new URL(this.page.url());
    return pathname + search;
  }

  async signIn(name, password = PASSWORD) {
    await this.open("/login");
    await this.fill({ name, password });
    return this.press(this.button("/login"));
  }

  /** The cookies, as a request carries them. */
  async cookie() {
    const cookies = await this.#context.cookies(this.server.origin(this.tenant));
    return cookies.map((c) => `${c.name}=${c.value}`).join("; ");
  }

  cookies() {
    return this.#context.cookies();
  }

  /** Sends a request with this person's cookies, but not through the browser. */
  async send(request) {
    return this.server.send({ tenant: this.tenant, cookie: await this.cookie(), ...request });
  }

  /** What the form on the page would send now: pairs. */
  async formData(selector) {
    return this.page.locator(selector).first().evaluate((form) => [...new FormData(form)].map(([n, v]) => [n, String(v)]));
  }

  async leave() {
    await this.#context.close();
  }
}

async function fillOne(field, value) {
  const first = field.first();
  const kind = await first.evaluate((e) => (e.localName === "input" ? e.type : e.localName));
  if (kind === "radio") await field.and(first.page().locator(`[value="${value}"]`)).check();
  else if (kind === "checkbox") await first.setChecked(value);
  else if (kind === "select") await first.selectOption(value);
  else if (kind === "file") await first.setInputFiles(value);
  else await first.fill(value);
}

/** A text without its typography: every run of space is one plain space. */
export function tidy(text) {
  return text.replace(/[\s\u00a0\u202f]+/g, " ").trim();
}
