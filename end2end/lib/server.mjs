// The real program, serving a copy of the demonstration on a free port; and requests to it that no browser would
// send (with another site's Origin, with somebody else's cookie).

import { spawn, spawnSync } from "node:child_process";
import http from "node:http";
import { createServer } from "node:net";
import { copyDemo, MAIN, program } from "./demo.mjs";

const READY_MS = 20_000;

/** Starts the program on a copy of the demonstration; `env` adds to its configuration. */
export async function serve(engine = "sqlite", env = {}) {
  const copy = await copyDemo(engine);
  const port = await freePort();
  const args = [...copy.args, "serve", "--listen", `127.0.0.1:${port}`, "--default-tenant", MAIN];
  let said = "";
  let child, ended;
  // Whatever happens to the tests, no server outlives them.
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const server = {
    port,
    /** What the program has logged. */
    log: () => said,
    /** A tenant's address; without a name, the base domain's. */
    origin: (tenant) => `http://${tenant ? `${tenant}.` : ""}localhost:${port}`,
    send: (request) => send(port, request),
    /** Runs a command of the program on the same data; `input` is what is typed. */
    run(args, input = "") {
      return spawnSync(program(), [...copy.args, ...args], { env: { ...copy.env, ...env }, input, encoding: "utf8" });
    },
    /** Stops the program; its data stay. */
    async down() {
      child.kill("SIGTERM");
      const patience = setTimeout(kill, 5_000);
      await ended;
      clearTimeout(patience);
    },
    /** Starts the program, at the same address. */
    async up() {
      child = spawn(program(), args, { env: { ...copy.env, ...env }, stdio: ["ignore", "ignore", "pipe"] });
      child.stderr.setEncoding("utf8").on("data", (text) => (said += text));
      ended = new Promise((done) => child.once("exit", done));
      const until = Date.now() + READY_MS;
      for (;;) {
        const answer = await send(port, { path: "/health" }).catch(() => null);
        if (answer?.status === 200) return;
        if (child.exitCode !== null || Date.now() > until) throw new Error(`the server did not start:\n${said}`);
        await new Promise((done) => setTimeout(done, 25));
      }
    },
    async stop() {
      await server.down();
      process.removeListener("exit", kill);
      await copy.drop();
    },
  };
  try {
    await server.up();
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

/**
 * Sends a request as it is described and follows nothing. A form that is posted says that it comes from the same
 * origin, as a browser would, unless `headers` says otherwise; `null` leaves a header out.
 */
function send(port, { method = "GET", tenant = MAIN, path = "/", cookie, form, body, headers = {} }) {
  const host = `${tenant ? `${tenant}.` : ""}localhost:${port}`;
  const content = form === undefined ? body : encode(form);
  const all = { host, origin: method === "GET" ? null : `http://${host}`, cookie: cookie ?? null };
  if (form !== undefined) all["content-type"] = "application/x-www-form-urlencoded";
  if (content !== undefined) all["content-length"] = Buffer.byteLength(content);
  const sent = Object.fromEntries(Object.entries({ ...all, ...headers }).filter(([, value]) => value !== null));
  return new Promise((done, fail) => {
    const request = http.request({ host: "127.0.0.1", port, method, path, headers: sent }, (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part)).on("error", fail);
      response.on("end", () => {
        done({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts).toString("utf8") });
      });
    });
    request.on("error", fail).end(content);
  });
}

/** A form as browsers encode it: an object, or pairs where a name comes several times. */
export function encode(form) {
  return new URLSearchParams(form).toString();
}

function freePort() {
  return new Promise((done, fail) => {
    const probe = createServer().on("error", fail);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}
