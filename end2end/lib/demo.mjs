// The demonstration's data, made once, and copies of it: each journey starts from the same state and none sees
// what another one did.

import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));

/** The password of every login of the demonstration. */
export const PASSWORD = "equipage-de-demonstration";
/** The organisation that the demonstration is about, and the one beside it. */
export const MAIN = "nuage-libre";
export const OTHER = "les-sentiers";

/** The program under test. */
export function program() {
  const { EQUIPAGE_BIN, CARGO_TARGET_DIR } = process.env;
  const path = EQUIPAGE_BIN ?? join(CARGO_TARGET_DIR ?? join(root, "target"), "release", "equipage");
  if (!existsSync(path)) throw new Error(`there is no program at ${path}: cargo build --release -p server, or set EQUIPAGE_BIN`);
  return path;
}

/** The environment of the program: nothing of ours is taken for its configuration. */
export function environment(extra = {}) {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("EQUIPAGE_") && name !== "DATABASE_URL");
  return { ...Object.fromEntries(kept), EQUIPAGE_LOG: "warn,sqlx=error", NO_COLOR: "1", RUST_BACKTRACE: "0", ...extra };
}

/** Which engines there are here. */
export const engines = process.env.EQUIPAGE_TEST_POSTGRES ? ["sqlite", "postgres"] : ["sqlite"];

/** The owner of the tables: it makes and drops databases; what is tried is tried as the role that serves. */
const OWNER = process.env.EQUIPAGE_TEST_POSTGRES_OWNER;

/** Makes the demonstration on every engine. */
export async function makeDemo() {
  const folder = mkdtempSync(join(tmpdir(), "equipage-end2end-"));
  const demo = { folder, sqlite: join(folder, "demo"), postgres: null };
  const options = { cwd: folder, timeout: 180_000 };
  const made = [run(program(), ["--data", demo.sqlite, "demo"], { ...options, env: environment() })];
  if (engines.includes("postgres")) {
    demo.postgres = `equipage_end2end_${process.pid}`;
    await sql(`CREATE DATABASE ${demo.postgres}`);
    const env = environment({ DATABASE_URL: databaseUrl(demo.postgres), EQUIPAGE_DATABASE_OWNER_URL: databaseUrl(demo.postgres, OWNER) });
    made.push(run(program(), ["--data", join(folder, "unused"), "demo"], { ...options, env }));
  }
  await Promise.all(made);
  return demo;
}

/** Takes the demonstration away. */
export async function dropDemo(demo) {
  rmSync(demo.folder, { recursive: true, force: true });
  if (demo.postgres) await sql(`DROP DATABASE IF EXISTS ${demo.postgres} WITH (FORCE)`);
}

let ownDemo;
let copies = 0;

/** Takes away the demonstration that a test file made for itself. */
export async function dropOwnDemo() {
  if (ownDemo) await dropDemo(await ownDemo);
}

/** A copy of the demonstration: what the program is told, and how to take the copy away. */
export async function copyDemo(engine) {
  const given = process.env.END2END_DEMO;
  // A test file that was started by itself makes its own.
  const demo = given ? JSON.parse(given) : await (ownDemo ??= makeDemo());
  const name = `${process.pid}_${(copies += 1)}`;
  const folder = join(demo.folder, `copy_${name}`);
  if (engine === "sqlite") {
    cpSync(demo.sqlite, folder, { recursive: true });
    return { args: ["--data", folder], env: environment(), drop: async () => {} };
  }
  const database = `${demo.postgres}_${name}`;
  await sql(`CREATE DATABASE ${database} TEMPLATE ${demo.postgres}`);
  return {
    args: ["--data", folder],
    env: environment({ DATABASE_URL: databaseUrl(database) }),
    drop: () => sql(`DROP DATABASE ${database} WITH (FORCE)`),
  };
}

function databaseUrl(database, role = process.env.EQUIPAGE_TEST_POSTGRES) {
  const url = new URL(role);
  url.pathname = `/${database}`;
  return url.href;
}

function sql(statement) {
  const args = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", statement, OWNER];
  return run(psql(), args);
}

function psql() {
  const folder = "/usr/lib/postgresql";
  const versions = existsSync(folder) ? readdirSync(folder).sort((a, b) => Number(b) - Number(a)) : [];
  return versions.map((v) => join(folder, v, "bin", "psql")).find((path) => existsSync(path)) ?? "psql";
}
