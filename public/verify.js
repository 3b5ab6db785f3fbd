// Verifies an exported audit where it lies: no file leaves this machine. The verifier, the same Rust as the server's, is
// loaded when somebody asks for it.
//
//   <div data-verifier='{"js": …, "wasm": …, "words": …}'><input type="file" name="file"> … <div role="status"></div></div>

// What fits into a browser's memory several times.
const FILE_MAX = 400 * 1024 * 1024;

const place = document.querySelector("[data-verifier]");
const { js, wasm, words } = JSON.parse(place.dataset.verifier);
const status = place.querySelector("[role=status]");

const line = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
const filled = (text, values) => text.replace(/\{([a-z_]+)\}/g, (all, name) => values[name] ?? all);

function show(tone, ...parts) {
  const notice = document.createElement("div");
  notice.className = `notice ${tone}`;
  const body = document.createElement("div");
  body.append(...parts);
  notice.append(body);
  status.replaceChildren(notice);
}

function told({ problem, good, title, report }) {
  if (problem) return show("is-error", line("p", words.unreadable), line("p", problem));
  const facts = line("p", filled(words.facts, report));
  const name = line("p", filled(words.file, { title }));
  if (good) return show("is-success", line("p", filled(words.good, report)), name, facts);
  const list = document.createElement("ul");
  list.append(...report.faults.map((fault) => line("li", filled(words.faults[fault.fault], fault))));
  show("is-error", line("p", filled(words.bad, report)), name, list, facts);
}

let loaded;
async function verifier() {
  loaded ??= import(js).then(async (module) => {
    await module.default({ module_or_path: wasm });
    return module;
  });
  return loaded;
}

const filesOf = (name) => [...place.querySelector(`#verify-${name}`).files];
const textOf = async (name) => (await Promise.all(filesOf(name).map((file) => file.text()))).join("\n");

place.querySelector("button").addEventListener("click", async () => {
  const [file] = filesOf("file");
  if (!file) return show("is-warning", line("p", words.choose));
  if (file.size > FILE_MAX) return show("is-warning", line("p", words.large));
  status.replaceChildren(line("p", words.reading));
  try {
    const module = await verifier();
    const bytes = new Uint8Array(await file.arrayBuffer());
    told(JSON.parse(module.verify(bytes, await textOf("checkpoints"), await textOf("keys"))));
  } catch (error) {
    loaded = undefined;
    show("is-error", line("p", words.failed), line("p", String(error)));
  }
});
place.closest("section").hidden = false;
