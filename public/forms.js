// Forms that lose nothing. Each form that is posted goes by fetch: where the server does not answer, or the session
// has ended, the form stays as it is, and sent again it has one effect (its key is the same). What was typed in a long
// form and not sent is kept in this browser for a day and offered again. Without this script the same forms work, one
// page after the other; nothing here knows what a form is about.
//
//   <script type="module" src="/assets/forms-….js" data-person="ID" data-words="{…}"></script>
//
// A draft is kept per person and form, never a password or a file, and goes when the form is taken, after a day, when
// the person signs out, or when somebody else signs in.

// A little longer than the server takes at most.
const SEND_MS = 65_000;
const PAUSE_MS = 400;
const DRAFT_MS = 24 * 3600 * 1000;
const DRAFT_CHARS_MAX = 20_000;
const DRAFTS_MAX = 20;
const DRAFT = "draft ";
// What a form brings of its own, and nobody types.
const SIGNED = "_person";

const { person, words: said } = document.querySelector("script[data-words]").dataset;
const words = JSON.parse(said);
const root = document.documentElement;

// ── Which forms ── (a field may be called "method" or "action": attributes, not properties)

const isLive = (form) =>
  form.getAttribute("method") === "post" &&
  !form.hasAttribute("enctype") &&
  form.closest("main") &&
  !form.querySelector("input[type=password], input[type=file]");
const isLong = (form) => isLive(form) && form.classList.contains("form");
const actionOf = (form) => form.getAttribute("action");
const longForms = () => [...document.querySelectorAll("main form.form")].filter(isLong);

/** What a form would send, but for whose it is: pairs. */
const fieldsOf = (form) => [...new FormData(form)].filter(([name]) => name !== SIGNED);
/** What somebody has typed or chosen in it: what is not hidden. */
function typedIn(form) {
  const hidden = new Set([...form.querySelectorAll("input[type=hidden]")].map((input) => input.name));
  return JSON.stringify(fieldsOf(form).filter(([name]) => !hidden.has(name)));
}

/** Puts pairs into a form; tells its live parts, as if they had been typed. */
function fill(form, fields) {
  const values = new Map();
  for (const [name, value] of fields) values.set(name, [...(values.get(name) ?? []), value]);
  for (const control of form.querySelectorAll("input[name], select[name], textarea[name]")) {
    if (control.name === SIGNED) continue;
    const wanted = values.get(control.name) ?? [];
    if (control.type === "checkbox" || control.type === "radio") control.checked = wanted.includes(control.value);
    else if (wanted.length) control.value = wanted.shift();
    if (control.type !== "hidden") for (const kind of ["input", "change"]) control.dispatchEvent(new Event(kind, { bubbles: true }));
  }
}

// ── Drafts ──

const initial = new WeakMap();
const waiting = new Map();

/** The browser's own store, where it gives one. */
function stored(work) {
  try {
    return work(localStorage);
  } catch {
    return null; // full, or switched off: then there are no drafts
  }
}

const draftName = (form) => `${DRAFT}${person} ${actionOf(form)}`;
const draftNames = (store) => Object.keys(store).filter((name) => name.startsWith(DRAFT));

function readDraft(name) {
  const draft = stored((store) => JSON.parse(store.getItem(name)));
  return draft && Date.now() - draft.at < DRAFT_MS ? draft : null;
}

function forget(form) {
  clearTimeout(waiting.get(form));
  waiting.delete(form);
  stored((store) => store.removeItem(draftName(form)));
}

/** Takes away what is too old, too much, or somebody else's. */
function tidy() {
  stored((store) => {
    const own = draftNames(store).filter((name) => name.startsWith(`${DRAFT}${person} `) && readDraft(name));
    own.sort((a, b) => readDraft(b).at - readDraft(a).at).splice(DRAFTS_MAX);
    for (const name of draftNames(store)) if (!own.includes(name)) store.removeItem(name);
  });
}

function keep(form) {
  waiting.delete(form);
  if (!form.isConnected) return;
  if (typedIn(form) === initial.get(form)) return forget(form);
  const draft = JSON.stringify({ at: Date.now(), fields: fieldsOf(form) });
  if (draft.length <= DRAFT_CHARS_MAX) stored((store) => store.setItem(draftName(form), draft));
}

function keepSoon(form) {
  clearTimeout(waiting.get(form));
  waiting.set(form, setTimeout(keep, PAUSE_MS, form));
}

/** Offers what was typed and not sent. */
function offer(form) {
  const draft = readDraft(draftName(form));
  if (!draft) return;
  const typed = new Map(JSON.parse(typedIn(form)));
  if (draft.fields.every(([name, value]) => !typed.has(name) || typed.get(name) === value)) return;
  const at = new Date(draft.at);
  const sameDay = at.toDateString() === new Date().toDateString();
  const time = at.toLocaleString(root.lang, { weekday: sameDay ? undefined : "long", hour: "2-digit", minute: "2-digit" });
  const notice = element("div", { class: "notice", role: "status" });
  const take = element("button", { class: "button is-small", type: "button" }, words.take);
  const discard = element("button", { class: "button is-small is-quiet", type: "button" }, words.discard);
  const actions = element("div", { class: "actions" }, take, discard);
  notice.append(element("div", { class: "stack" }, element("p", {}, words.draft.replace("{time}", time)), actions));
  take.addEventListener("click", () => {
    fill(form, draft.fields);
    close();
  });
  discard.addEventListener("click", () => {
    forget(form);
    close();
  });
  const close = () => {
    notice.remove();
    form.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  };
  form.prepend(notice);
}

// ── Sending ──

let sending = false;

async function send(form, button) {
  if (sending) return; // a second click
  sending = true;
  root.dataset.busy = "";
  message(form);
  const sent = typedIn(form);
  try {
    const body = new URLSearchParams(new FormData(form, button));
    const to = button?.getAttribute("formaction") ?? actionOf(form);
    const headers = { "x-live": "1" };
    const answer = await fetch(to, { method: "POST", body, headers, signal: AbortSignal.timeout(SEND_MS) });
    await answered(form, sent, answer);
  } catch {
    message(form, words.unreachable);
  } finally {
    sending = false;
    delete root.dataset.busy;
  }
}

async function answered(form, sent, answer) {
  const next = answer.headers.get("x-next");
  if (next) {
    forget(form);
    return arrive(new URL(next, location.href));
  }
  if (answer.status === 401) return message(form, words.signedOut, element("a", { href: "/login", target: "_blank" }, words.signIn));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = [...page.querySelectorAll("main form")].find((f) => actionOf(f) === actionOf(form));
  // Where nothing was typed, a refusal's own page says more than a line at the form.
  if (fresh || answer.ok || (answer.status === 409 && !isLong(form))) {
    // What was typed while the answer was on its way is typed in the answer's form too.
    const later = typedIn(form) === sent ? null : JSON.parse(typedIn(form));
    show(page);
    if (fresh && later) fill(fresh, [...fieldsOf(fresh).filter(([name]) => !later.some(([other]) => other === name)), ...later]);
    return;
  }
  const why = page.querySelector("main .state-line")?.textContent.trim();
  message(form, answer.status < 500 && why ? why : words.unreachable);
}

/** Goes where a form leads: within the same page its fresh content is put in place. */
async function arrive(url) {
  if (url.pathname === location.pathname) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(SEND_MS) }).catch(() => null);
    if (answer?.ok && !answer.redirected) {
      show(new DOMParser().parseFromString(await answer.text(), "text/html"));
      history.replaceState(null, "", url);
      return;
    }
  }
  location.assign(url);
  await new Promise(() => {}); // busy until the other page is here
}

/** Puts a page's content in place of the one that is here; place and focus are kept. */
function show(page) {
  const focused = document.activeElement?.id;
  const top = scrollY;
  document.title = page.title;
  for (const place of ["main", "header nav"]) {
    const fresh = page.querySelector(place);
    if (fresh) document.querySelector(place)?.replaceWith(document.adoptNode(fresh));
  }
  document.dispatchEvent(new Event("equipage:shown"));
  prepare();
  scrollTo({ top, behavior: "instant" });
  const main = document.querySelector("main");
  const first = main.querySelector("[autofocus], [aria-invalid=true]") ?? main.querySelector(".summary");
  if (first) first.focus();
  else (document.getElementById(focused) ?? main).focus({ preventScroll: true });
  live.textContent = main.querySelector(".summary, .notice[role]")?.textContent ?? "";
}

/** Says something at the end of a form, where its buttons are. */
function message(form, text, link) {
  form.querySelector(":scope .notice.is-error[data-live]")?.remove();
  if (!text) return;
  const notice = element("div", { class: "notice is-error", role: "alert", "data-live": "" }, element("p", {}, text, link ? " " : "", link ?? ""));
  const end = form.querySelector(".form-end, .selection");
  if (end) end.before(notice);
  else form.append(notice);
}

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// ── Beginning ──

// Says what changed to those who do not see it.
const live = element("p", { class: "visually-hidden", role: "status" });
document.body.append(live);

function prepare() {
  for (const form of longForms()) {
    initial.set(form, typedIn(form));
    offer(form);
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (actionOf(form) === "/logout") stored((store) => draftNames(store).forEach((name) => store.removeItem(name)));
  if (event.defaultPrevented || !isLive(form) || event.submitter?.getAttribute("formmethod") === "get") return;
  event.preventDefault();
  send(form, event.submitter);
});
/** The sum of the rows that are ticked, where a form shows one; the server adds what it takes by itself. */
function addUp(form) {
  const shown = form?.querySelector("[data-sum]");
  if (!shown) return;
  const typed = [...form.querySelectorAll("tr:has([name=pay]:checked) [name=amount]")].map((field) => field.value);
  const sum = typed.reduce((all, text) => all + (Number(text.replace(/[\s€]/g, "").replace(",", ".")) || 0), 0);
  shown.textContent = new Intl.NumberFormat(root.lang, { style: "currency", currency: "EUR" }).format(sum);
}

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, ({ target }) => {
    const form = target.closest?.("form");
    addUp(form);
    if (form && isLong(form)) keepSoon(form);
  });
}
addEventListener("pagehide", () => [...waiting.keys()].forEach(keep));

tidy();
prepare();
