// A button beside each text that is there to be copied. Where the browser lets no page copy, there is none: one click
// on the text selects all of it.
//
//   <script type="module" src="/assets/copy-….js" data-copy="Copy" data-copied="Copied"></script>
//   <div class="copy" data-of="IBAN" data-text="FR76…"><code>FR76 …</code></div>

const { copy, copied } = document.querySelector("script[data-copy]").dataset;
const live = document.createElement("p");
live.className = "visually-hidden";
live.setAttribute("role", "status");

function prepare() {
  for (const place of document.querySelectorAll(".copy[data-text]:not(:has(button))")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button is-small";
    button.textContent = copy;
    button.setAttribute("aria-label", `${copy} : ${place.dataset.of}`);
    button.addEventListener("click", async () => {
      const done = await navigator.clipboard.writeText(place.dataset.text).then(() => true, () => false);
      if (!done) return getSelection().selectAllChildren(place.querySelector("code"));
      button.textContent = copied;
      live.textContent = `${place.dataset.of} : ${copied}`;
      setTimeout(() => (button.textContent = copy), 3000);
    });
    place.append(button);
  }
}

if (navigator.clipboard) {
  document.body.append(live);
  prepare();
  document.addEventListener("equipage:shown", prepare);
}
