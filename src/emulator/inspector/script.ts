import { createHash } from "node:crypto";

/**
 * Keeps the page as it would be if it were loaded again, whenever the emulator tells of a change. What somebody has opened,
 * begun to fill in or scrolled to stays as it is, because what is there already is changed in place.
 */
export const SCRIPT = `
const [live, said] = ["live", "said"].map((id) => document.getElementById(id));
document.documentElement.classList.add("js");

const keyOf = (node) => (node.nodeType === 1 && (node.dataset.key || node.id)) || "";
const isAlike = (one, other) => one.nodeName === other.nodeName && keyOf(one) === keyOf(other);

function change(node, next) {
  if (node.nodeType !== 1) {
    if (node.nodeValue !== next.nodeValue) node.nodeValue = next.nodeValue;
    return;
  }
  const isKept = (name) => (name === "open" && "touched" in node.dataset) || /^data-(touched|copied|live)$/.test(name);
  for (const { name } of [...node.attributes]) if (!next.hasAttribute(name) && !isKept(name)) node.removeAttribute(name);
  for (const { name, value } of next.attributes) {
    if (node.getAttribute(name) !== value && !isKept(name)) node.setAttribute(name, value);
  }
  if (node !== live && node !== said) changeChildren(node, next);
}

function changeChildren(node, next) {
  const wanted = new Set([...next.childNodes].map(keyOf));
  for (const child of [...node.childNodes]) if (keyOf(child) && !wanted.has(keyOf(child))) child.remove();
  const known = new Map([...node.childNodes].filter(keyOf).map((child) => [keyOf(child), child]));
  let place = node.firstChild;
  for (const child of next.childNodes) {
    let match = known.get(keyOf(child)) ?? place;
    if (!keyOf(child) && child.nodeType === 1) {
      while (match && !isAlike(match, child)) match = match.nextSibling;
      while (match && place !== match) [place] = [place.nextSibling, place.remove()];
    }
    if (match && isAlike(match, child)) {
      if (match === place) place = place.nextSibling;
      else node.insertBefore(match, place);
      change(match, child);
    } else {
      const added = node.insertBefore(document.importNode(child, true), place);
      if (added.nodeName === "LI") added.dataset.new = "";
    }
  }
  while (place) [place] = [place.nextSibling, place.remove()];
}

async function show(request, isForm) {
  const response = await fetch(...request);
  const next = new DOMParser().parseFromString(await response.text(), "text/html");
  if (!next.querySelector("main")) return location.reload();
  if (!isForm) next.getElementById("notes").replaceWith(document.getElementById("notes").cloneNode(true));
  change(document.body, next.body);
  return response.ok;
}

// What was begun on the page would be lost with the page.
function tellLost() {
  const make = (name, fields) => Object.assign(document.createElement(name), fields);
  const words = "The emulator does not answer. Start it again: this page reconnects by itself.";
  const box = make("div", { id: "lost", className: "alert" });
  const close = make("button", { type: "button", className: "tiny", textContent: "Close" });
  close.dataset.close = "";
  box.append(make("p", { role: "alert", textContent: words }), close);
  document.getElementById("notes").replaceChildren(box);
}

let [isBusy, isStale] = [false, false];
async function refresh() {
  isStale = true;
  if (isBusy) return;
  isBusy = true;
  while (isStale) {
    isStale = false;
    await show([location.href, { headers: { accept: "text/html" } }]).catch(() => {});
  }
  isBusy = false;
}

document.addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, submitter));
  // Not form.action: some forms have a field of that name. And the answer is to be a page, also behind the redirect.
  const request = [form.getAttribute("action"), { method: "POST", body, headers: { accept: "text/html" } }];
  if (!(await show(request, true).catch(tellLost))) return;
  form.reset();
  form.closest(".confirm")?.removeAttribute("open");
});

document.addEventListener("click", async ({ target }) => {
  const summary = target.closest("summary");
  if (summary) summary.parentElement.dataset.touched = "";
  target.closest("[data-close]")?.parentElement.remove();
  for (const menu of document.querySelectorAll(".menu[open]")) if (!menu.contains(target)) menu.open = false;
  const source = target.closest("[data-copy]");
  if (!source) return;
  const isCopied = await navigator.clipboard?.writeText(source.dataset.copy).then(() => true, () => false);
  if (!isCopied) return getSelection().selectAllChildren(source.querySelector("code"));
  source.dataset.copied = "";
  said.textContent = "Copied";
  setTimeout(() => { delete source.dataset.copied; said.textContent = ""; }, 1500);
});

let stream;
function listen() {
  stream?.close();
  const tell = (state, words) => { live.dataset.live = state; live.textContent = words; };
  stream = new EventSource(live.dataset.source);
  stream.onopen = () => { tell("on", "Live"); document.getElementById("lost")?.remove(); };
  stream.onmessage = refresh;
  stream.onerror = () => tell("off", "Reconnecting");
}
document.addEventListener("visibilitychange", () => (document.hidden ? stream.close() : listen()));
let seconds = 0;
setInterval(() => {
  const clock = document.querySelector("[data-ahead]");
  if (clock) clock.textContent = new Date(Date.now() + Number(clock.dataset.ahead)).toISOString().slice(11, 19);
  if (++seconds % 20 > 0 || document.hidden) return;
  if (stream.readyState === EventSource.CLOSED) listen();
  refresh();
}, 1_000);
listen();
`;

/** How a policy names the script. */
export const SCRIPT_HASH = `'sha256-${createHash("sha256").update(SCRIPT).digest("base64")}'`;
