// Brings a page's islands to life: fetches the WASM, starts it, and hands each <leptos-island> to the
// function that its data-component names. A page without an island fetches nothing, and every page works
// before this has run, or without it.
//
//   <script type="module" src="/assets/islands-….js"
//           data-js="/assets/equipage-….js" data-wasm="/assets/equipage_bg-….wasm"></script>

const ISLAND = "leptos-island";
// The first touch of a live part: no reason to wait any longer.
const TOUCHES = ["pointerdown", "pointerover", "keydown", "focusin"];
const IDLE_AT_MOST_MS = 1500;

let begun = false;
let module;

async function wake() {
  if (begun) return;
  begun = true;
  for (const touch of TOUCHES) document.removeEventListener(touch, touched, true);
  try {
    const { js, wasm } = document.querySelector("script[data-js][data-wasm]").dataset;
    module = await import(js);
    await module.default({ module_or_path: wasm });
    module.hydrate();
    await walk(document.body, []);
    // For browser tests, and for styles that belong to a live page.
    document.documentElement.dataset.hydrated = "";
  } catch (cause) {
    // One message, and the page stays what it was: forms post, links lead on.
    console.error("The live parts of this page did not start:", cause);
  }
}

function touched(event) {
  if (event.target instanceof Element && event.target.closest(ISLAND)) wake();
}

// Parents before children. What an island was given as children lies in <leptos-children>; the parent leaves a
// callback there that restores its context, which each island inside needs before it starts.
async function walk(node, contexts) {
  const tag = node.localName;
  if (tag === ISLAND) await start(node, contexts.at(-1));
  if (tag === "leptos-children") contexts = [...contexts, node.$$on_hydrate];
  // A copy: an island may add elements beside itself, and none is to start twice.
  for (const child of [...node.children]) await walk(child, contexts);
}

async function start(island, context) {
  const name = island.dataset.component;
  const component = module[name];
  if (!component) throw new Error(`no island is called ${name}`);
  context?.();
  await component(island);
}

// A form was answered in place (`forms.js`): what is live in the answer starts too.
document.addEventListener("equipage:shown", () => {
  if ("hydrated" in document.documentElement.dataset) walk(document.querySelector("main"), []).catch(console.error);
  else wake();
});

if (document.querySelector(ISLAND)) {
  for (const touch of TOUCHES) document.addEventListener(touch, touched, true);
  if ("requestIdleCallback" in window) requestIdleCallback(wake, { timeout: IDLE_AT_MOST_MS });
  else setTimeout(wake, 200);
}
