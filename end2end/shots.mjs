// Pictures of every page into shots/, for people to look at: 1280 and 390 px, light and dark.
//
//   npm run shots --prefix end2end               all
//   npm run shots --prefix end2end -- payments   pages whose address holds a word
//   WHOLE=yes npm run shots --prefix end2end     down to the foot of the page

import { mkdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { launch, Person } from "./lib/browser.mjs";
import { dropDemo, makeDemo } from "./lib/demo.mjs";
import { LOOKS, wear } from "./lib/looks.mjs";
import { pagesOf, ROLES } from "./lib/pages.mjs";
import { serve } from "./lib/server.mjs";

const word = process.argv[2] ?? "";
const folder = fileURLToPath(new URL("shots/", import.meta.url));
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const demo = await makeDemo();
process.env.END2END_DEMO = JSON.stringify(demo);
const server = await serve();
const browser = await launch();
try {
  await picture(await Person.arrive(browser, server), "nobody", ["/login", "/nowhere"]);
  for (const role of ROLES) {
    const person = await Person.arrive(browser, server);
    await person.signIn(role);
    await picture(person, role, [...(await pagesOf(person, role)), "/nowhere"]);
  }
} finally {
  await browser.close();
  await server.stop();
  await dropDemo(demo);
}

async function picture(person, role, paths) {
  const taken = new Map();
  for (const path of paths.filter((p) => p.includes(word))) {
    await person.open(path, null);
    // Several payments are shown, one for each status: they are numbered.
    const short = nameOf(path);
    taken.set(short, (taken.get(short) ?? 0) + 1);
    const name = taken.get(short) > 1 ? `${short}-${taken.get(short)}` : short;
    for (const look of LOOKS) {
      await wear(person.page, look);
      await person.page.screenshot({ path: `${folder}${role}-${name}-${look.name}.png`, fullPage: !!process.env.WHOLE });
    }
  }
  await person.leave();
}

function nameOf(path) {
  const short = path.replace(/[0-9a-f-]{36}/g, "one").replace(/\W+/g, "-");
  return short.replace(/^-|-$/g, "") || "home";
}
