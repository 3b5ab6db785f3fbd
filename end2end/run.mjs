// Runs every journey: makes the demonstration once, starts the tests on copies of it, clears away.
//
//   npm test --prefix end2end                         all
//   npm test --prefix end2end -- test/queue.test.mjs  some
//
// EQUIPAGE_BIN            another program than target/release/equipage
// CHROMIUM                another browser than the first that is found
// EQUIPAGE_TEST_POSTGRES  a server on which databases may be made (script/postgres): the main journey runs there too

import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { dropDemo, makeDemo } from "./lib/demo.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const asked = process.argv.slice(2);
const files = asked.length ? asked : readdirSync(`${here}test`).filter((f) => f.endsWith(".test.mjs")).map((f) => `test/${f}`);

const demo = await makeDemo();
let status = 1;
try {
  const env = { ...process.env, END2END_DEMO: JSON.stringify(demo) };
  const args = ["--test", "--test-reporter=spec", "--test-concurrency=2", "--test-timeout=480000", ...files];
  const tests = spawn(process.execPath, args, { cwd: here, env, stdio: "inherit" });
  status = await new Promise((done) => tests.once("exit", (code) => done(code ?? 1)));
} finally {
  await dropDemo(demo);
}
process.exitCode = status;
