// Gathers the browser's files, names each one after its content and compresses it once, so that the server need
// never do it: dist/assets/NAME-HASH.EXT with .br and .gz beside it, and dist/manifest.json (name → file).
// Writes nothing that is there already: the server is built anew only when something changed.
//
//   node script/assets.mjs PKG [--dev]       PKG: what wasm-bindgen wrote
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const [pkg, ...flags] = process.argv.slice(2);
const dev = flags.includes("--dev");
const out = join(root, "dist", "assets");
const STYLES = ["tokens.css", "base.css", "components.css"];
const SLIMMED = new Set([".css", ".js"]);
// Nothing is rewritten for older browsers: what the sources use is what is shipped.
const TARGET = "esnext";
const SQUEEZED_ALREADY = new Set([".png", ".woff2", ".ico"]);
// The best compression of a large debug build takes longer than it is worth.
const QUICK_ABOVE = 512 * 1024;

const { transformSync } = createRequire(join(root, "frontend", "package.json"))("esbuild");

// What is shipped is as small as it can be; what is worked on stays readable.
function slim(content, extension) {
  if (dev || !SLIMMED.has(extension)) return content;
  const { code } = transformSync(content.toString(), { loader: extension.slice(1), minify: true, target: TARGET, legalComments: "none" });
  return Buffer.from(code);
}

function* filesUnder(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesUnder(path);
    else if (!entry.name.startsWith(".")) yield path;
  }
}

function gather() {
  const files = new Map();
  const add = (name, content) => {
    if (files.has(name)) throw new Error(`two files are called ${name}`);
    files.set(name, slim(content, extname(name)));
  };
  add("equipage.css", Buffer.from(STYLES.map((name) => readFileSync(join(root, "style", name), "utf8")).join("")));
  add("equipage.js", readFileSync(join(pkg, "equipage.js")));
  add("equipage_bg.wasm", readFileSync(join(pkg, "equipage_bg.wasm")));
  for (const name of ["verifier.js", "verifier_bg.wasm"]) add(name, readFileSync(join(pkg, name)));
  // public/a/b.svg is called a-b.svg.
  for (const path of filesUnder(join(root, "public"))) {
    add(relative(join(root, "public"), path).replaceAll(/[/\\]/g, "-"), readFileSync(path));
  }
  return files;
}

function replace(path, content) {
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}

function write(name, content) {
  const extension = extname(name);
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 12);
  const file = `${basename(name, extension)}-${hash}${extension}`;
  const path = join(out, file);
  const entry = { file, bytes: content.length, variants: [] };
  if (!existsSync(path)) {
    const quick = dev && content.length > QUICK_ABOVE;
    const params = { [constants.BROTLI_PARAM_QUALITY]: quick ? 4 : 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
    // WASM repeats itself at even distances more often than text does.
    if (extension === ".wasm") params[constants.BROTLI_PARAM_NPOSTFIX] = 1;
    const variants = SQUEEZED_ALREADY.has(extension)
      ? []
      : [["br", brotliCompressSync(content, { params })], ["gz", gzipSync(content, { level: quick ? 4 : 9 })]];
    for (const [suffix, body] of variants) if (body.length < content.length) replace(`${path}.${suffix}`, body);
    replace(path, content); // last: where it lies, its variants lie too
  }
  for (const suffix of ["br", "gz"]) {
    if (existsSync(`${path}.${suffix}`)) entry.variants.push([suffix, readFileSync(`${path}.${suffix}`).length]);
  }
  entry.variants = Object.fromEntries(entry.variants);
  return entry;
}

mkdirSync(out, { recursive: true });
const manifest = {};
for (const [name, content] of [...gather()].sort(([a], [b]) => (a < b ? -1 : 1))) manifest[name] = write(name, content);

const wanted = new Set(Object.values(manifest).flatMap(({ file, variants }) => [file, ...Object.keys(variants).map((v) => `${file}.${v}`)]));
for (const file of readdirSync(out)) if (!wanted.has(file)) rmSync(join(out, file));

const text = JSON.stringify(manifest, null, 2) + "\n";
const place = join(root, "dist", "manifest.json");
if (!existsSync(place) || readFileSync(place, "utf8") !== text) replace(place, text);

const kb = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;
for (const name of ["equipage_bg.wasm", "equipage.js", "equipage.css", "islands.js", "verifier_bg.wasm", "verifier.js"]) {
  const { bytes, variants } = manifest[name];
  console.log(`  ${name.padEnd(16)} ${kb(bytes).padStart(10)}   brotli ${kb(variants.br ?? bytes)}`);
}
