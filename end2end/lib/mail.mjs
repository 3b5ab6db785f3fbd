// A mail server for journeys: the one of `smtp.py`, a real program, on a free port; and the mails that it took.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The Python that has the library: Debian's package is for Debian's own. */
function python() {
  const has = (name) => {
    try {
      execFileSync(name, ["-c", "import aiosmtpd"], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  };
  const found = ["/usr/bin/python3", "python3"].find(has);
  if (!found) throw new Error("there is no Python with aiosmtpd: script/bootstrap --tests installs it");
  return found;
}

/** Starts the mail server; `env` is the configuration of a program that is to use it. */
export async function startMail() {
  const folder = mkdtempSync(join(tmpdir(), "equipage-mail-"));
  const script = fileURLToPath(new URL("smtp.py", import.meta.url));
  const child = spawn(python(), [script, folder], { stdio: ["ignore", "pipe", "inherit"] });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const [port] = await once(createInterface(child.stdout), "line");
  const files = () => readdirSync(folder).filter((name) => name.endsWith(".eml")).sort();
  return {
    env: {
      EQUIPAGE_MAIL__HOST: "localhost",
      EQUIPAGE_MAIL__PORT: port,
      EQUIPAGE_MAIL__TLS: "none",
      EQUIPAGE_MAIL__FROM: "equipage@example.org",
    },
    /** Waits until it has taken so many mails; gives them, decoded. */
    async taken(count, patience = 10_000) {
      const until = Date.now() + patience;
      while (files().length < count && Date.now() < until) await new Promise((done) => setTimeout(done, 50));
      return files().map((name) => decode(readFileSync(join(folder, name))));
    },
    /** Forgets what it took. */
    forget() {
      for (const name of files()) rmSync(join(folder, name));
    },
    stop() {
      kill();
      process.removeListener("exit", kill);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A mail's headers, by name, and its text. */
function decode(bytes) {
  const whole = bytes.toString("utf8");
  const cut = whole.indexOf("\r\n\r\n");
  const head = whole.slice(0, cut).replace(/\r\n[ \t]+/g, " ");
  const headers = Object.fromEntries(head.split("\r\n").map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), word(line.slice(line.indexOf(":") + 1).trim())]));
  const body = whole.slice(cut + 4);
  const encoding = (headers["content-transfer-encoding"] ?? "").toLowerCase();
  if (encoding === "base64") return { headers, text: Buffer.from(body, "base64").toString("utf8") };
  if (encoding === "quoted-printable") return { headers, text: quoted(body.replace(/=\r\n/g, "")) };
  return { headers, text: body };
}

function quoted(text) {
  const bytes = text.replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}

/** A header's encoded words (RFC 2047), as far as this program writes them: base64 and UTF-8. */
function word(text) {
  const joined = text.replace(/\?=\s+=\?/g, "?==?");
  return joined.replace(/=\?utf-8\?b\?([^?]*)\?=/gi, (_, base64) => Buffer.from(base64, "base64").toString("utf8"));
}
