// The few words that journeys look for, in both languages, and every French text that there is.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const WORDS = {
  fr: {
    tag: "fr",
    amount: "47,11",
    changed: "48,11",
    shown: "48,11 €",
    taken: "−48,11 €",
    waits: /attend/,
    draft: "à valider",
    validated: "validé",
    reversed: "annulé",
    frozen: /Validé par Claire Marchetti, le .* ne change plus/,
    refusedFrozen: /validé ne change plus, pour personne/,
    ownEntry: /Saisi par vous/,
    refusedOwn: /quelqu’un d’autre doit (le )?valider/,
  },
  en: {
    tag: "en",
    amount: "47.11",
    changed: "48.11",
    shown: "€48.11",
    taken: "−€48.11",
    waits: /wait/,
    draft: "to validate",
    validated: "validated",
    reversed: "reversed",
    frozen: /Validated by Claire Marchetti, .* does not change any more/,
    refusedFrozen: /does not change any more, for anyone/,
    ownEntry: /Entered by you/,
    refusedOwn: /somebody else must validate/,
  },
};

/** Every French text of the screens that is not the same in English. */
export function frenchTexts() {
  const folder = fileURLToPath(new URL("../../app/src/locales/", import.meta.url));
  const french = new Set();
  const english = new Set();
  for (const file of readdirSync(folder)) {
    const source = readFileSync(folder + file, "utf8");
    // name: "français", "English";   and   "français", "English" within a function's two answers
    for (const [, fr, en] of source.matchAll(/[:(>]\s*(?:l,\s*)?"((?:[^"\\]|\\.)+)",\s*"((?:[^"\\]|\\.)+)"\s*,?[;)](?!\s*=>)/g)) {
      french.add(fr.trim());
      english.add(en.trim());
    }
  }
  return new Set([...french].filter((text) => text.length > 2 && !english.has(text)));
}

/** Every text that a page says to somebody who sees it or hears it. */
export function textsOn(page) {
  return page.evaluate(() => {
    const said = new Set([document.title]);
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) said.add(walk.currentNode.data.trim());
    for (const e of document.body.querySelectorAll("[aria-label], [placeholder], [title], [alt], [data-label]")) {
      for (const name of ["aria-label", "placeholder", "title", "alt", "data-label"]) said.add(e.getAttribute(name)?.trim() ?? "");
    }
    return [...said];
  });
}
