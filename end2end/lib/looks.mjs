// How pages are looked at: wide and narrow, light and dark.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** The two screens and the two themes. */
export const LOOKS = [1280, 390].flatMap((width) => ["light", "dark"].map((theme) => ({ name: `${width}-${theme}`, width, theme })));

/** Turns a person's screen into one of them. */
export async function wear(page, { width, theme }) {
  await page.setViewportSize({ width, height: width > 600 ? 900 : 844 });
  await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
}

/** What a screen reader's user, or somebody with another screen, would stumble over. */
export async function flaws(page) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe);
  const { violations } = await page.evaluate((rules) => window.axe.run(document, { runOnly: rules, resultTypes: ["violations"] }), RULES);
  const found = violations.flatMap((v) =>
    v.nodes.slice(0, 3).map((n) => `${v.id}: ${v.help}: ${n.html.slice(0, 160)} ${(n.any[0] ?? n.all[0] ?? n.none[0])?.message ?? ""}`),
  );
  return [...found, ...(await tooWide(page))];
}

/** The elements because of which the page scrolls sideways. */
export function tooWide(page) {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const out = [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > clientWidth + 1);
    const names = out.slice(0, 4).map((e) => `${e.localName}.${[...e.classList].join(".")} to ${Math.round(e.getBoundingClientRect().right)}`);
    return [`the page is ${scrollWidth} wide on a screen of ${clientWidth}: ${names.join(", ")}`];
  });
}
