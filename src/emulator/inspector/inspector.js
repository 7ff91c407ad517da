/**
 * Keeps the inspector up to date while it is open. After each change of the tenant, the page is fetched again and the
 * differences are applied in place, so that opened sections, half-filled forms and the scroll position stay as they are.
 * The page works without this script, too.
 *
 * Attributes: `data-key` identifies an element from one version of the page to the next; `data-touched` marks a section that
 * the user has opened or closed; `data-new` marks a new row; `data-copy` is a text to copy; `data-close` closes its parent.
 */
const RECONNECT_CHECK_SECONDS = 20;
const COPIED_MILLISECONDS = 1500;

const live = elementWithId("live");
const announcement = elementWithId("announcement");
document.documentElement.classList.add("js");

/** @param {string} id */
function elementWithId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no #${id}`);
  return element;
}

/** @param {Node} node */
function keyOf(node) {
  return node instanceof HTMLElement ? node.dataset.key || node.id : "";
}

/**
 * @param {Node} one
 * @param {Node} other
 */
function isSameElement(one, other) {
  return one.nodeName === other.nodeName && keyOf(one) === keyOf(other);
}

/**
 * Makes a node equal to another one, apart from what the user has changed.
 * @param {Node} node
 * @param {Node} next
 */
function update(node, next) {
  if (!(node instanceof Element && next instanceof Element)) {
    if (node.nodeValue !== next.nodeValue) node.nodeValue = next.nodeValue;
    return;
  }
  updateAttributes(node, next);
  // The script itself writes into these two.
  if (node !== live && node !== announcement) updateChildren(node, next);
}

/**
 * @param {Element} element
 * @param {Element} next
 */
function updateAttributes(element, next) {
  /** @param {string} name */
  const isKept = (name) =>
    (name === "open" && element.hasAttribute("data-touched")) || /^data-(touched|copied|live)$/.test(name);
  for (const { name } of [...element.attributes]) {
    if (!next.hasAttribute(name) && !isKept(name)) element.removeAttribute(name);
  }
  for (const { name, value } of next.attributes) {
    if (element.getAttribute(name) !== value && !isKept(name)) element.setAttribute(name, value);
  }
}

/**
 * @param {Element} parent
 * @param {Element} next
 */
function updateChildren(parent, next) {
  const keys = new Set([...next.childNodes].map(keyOf));
  for (const child of [...parent.childNodes]) if (keyOf(child) && !keys.has(keyOf(child))) child.remove();
  const byKey = new Map([...parent.childNodes].filter(keyOf).map((child) => [keyOf(child), child]));
  /** The first child that is not updated yet. */
  let position = parent.firstChild;
  for (const child of next.childNodes) {
    let match = byKey.get(keyOf(child)) ?? position;
    if (!keyOf(child) && child instanceof Element) {
      while (match && !isSameElement(match, child)) match = match.nextSibling;
      while (match && position && position !== match) position = removed(position);
    }
    if (match && isSameElement(match, child)) {
      if (match === position) position = position.nextSibling;
      else parent.insertBefore(match, position);
      update(match, child);
    } else {
      const added = parent.insertBefore(document.importNode(child, true), position);
      if (added instanceof HTMLLIElement) added.dataset.new = "";
    }
  }
  while (position) position = removed(position);
}

/**
 * Removes a node and returns its next sibling.
 * @param {ChildNode} node
 */
function removed(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

/**
 * Fetches a page and shows it. Returns whether the response was a success.
 * @param {string} url
 * @param {RequestInit} init
 */
async function show(url, init) {
  // The server sends JSON to clients that do not accept HTML, also after a redirect.
  const response = await fetch(url, { ...init, headers: { accept: "text/html" } });
  const next = new DOMParser().parseFromString(await response.text(), "text/html");
  if (!next.querySelector("main")) {
    location.reload();
    return false;
  }
  // An error message stays until a form is sent or the user closes it.
  if (init.method !== "POST") next.getElementById("notes")?.replaceWith(elementWithId("notes").cloneNode(true));
  update(document.body, next.body);
  return response.ok;
}

/** Shows that the emulator cannot be reached. A reload would lose the texts that the user has entered. */
function showLost() {
  const box = document.createElement("div");
  box.id = "lost";
  box.className = "alert";
  const text = document.createElement("p");
  text.role = "alert";
  text.textContent = "The emulator does not respond. Start it again: this page then reconnects.";
  const close = document.createElement("button");
  close.type = "button";
  close.className = "tiny";
  close.textContent = "Close";
  close.dataset.close = "";
  box.append(text, close);
  elementWithId("notes").replaceChildren(box);
  return false;
}

let isRefreshing = false;
let isStale = false;

/** Fetches the page again. Changes that arrive meanwhile lead to one more fetch. */
async function refresh() {
  isStale = true;
  if (isRefreshing) return;
  isRefreshing = true;
  while (isStale) {
    isStale = false;
    await show(location.href, {}).catch(() => {});
  }
  isRefreshing = false;
}

document.addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  if (!(form instanceof HTMLFormElement)) return;
  event.preventDefault();
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form, submitter)) body.append(name, String(value));
  // Some forms have a field with the name `action`, which hides the property `form.action`.
  const url = form.getAttribute("action") ?? "";
  const isDone = await show(url, { method: "POST", body }).catch(showLost);
  if (!isDone) return;
  form.reset();
  form.closest(".confirm")?.removeAttribute("open");
});

document.addEventListener("click", async ({ target }) => {
  if (!(target instanceof Element)) return;
  target.closest("summary")?.parentElement?.setAttribute("data-touched", "");
  target.closest("[data-close]")?.parentElement?.remove();
  for (const menu of document.querySelectorAll(".menu[open]")) {
    if (!menu.contains(target)) menu.removeAttribute("open");
  }
  const source = target.closest("[data-copy]");
  if (source instanceof HTMLElement) await copy(source);
});

/**
 * Copies the text of an element; selects it where the browser does not allow that.
 * @param {HTMLElement} source
 */
async function copy(source) {
  const text = source.dataset.copy ?? "";
  const isCopied = await navigator.clipboard?.writeText(text).then(
    () => true,
    () => false,
  );
  const code = source.querySelector("code");
  if (!isCopied) {
    if (code) getSelection()?.selectAllChildren(code);
    return;
  }
  source.dataset.copied = "";
  announcement.textContent = "Copied";
  setTimeout(() => {
    delete source.dataset.copied;
    announcement.textContent = "";
  }, COPIED_MILLISECONDS);
}

/** @type {EventSource} */
let stream;

/** Opens the stream of changes. */
function connect() {
  stream?.close();
  stream = new EventSource(live.dataset.source ?? "");
  stream.onopen = () => {
    showConnection("on", "Live");
    document.getElementById("lost")?.remove();
  };
  stream.onmessage = refresh;
  stream.onerror = () => showConnection("off", "Reconnecting");
}

/**
 * @param {"on" | "off"} state
 * @param {string} text
 */
function showConnection(state, text) {
  live.dataset.live = state;
  live.textContent = text;
}

document.addEventListener("visibilitychange", () => (document.hidden ? stream.close() : connect()));

let seconds = 0;
setInterval(() => {
  const clock = document.querySelector("[data-ahead]");
  if (clock instanceof HTMLElement) {
    clock.textContent = new Date(Date.now() + Number(clock.dataset.ahead)).toISOString().slice(11, 19);
  }
  if (++seconds % RECONNECT_CHECK_SECONDS > 0 || document.hidden) return;
  if (stream.readyState === EventSource.CLOSED) connect();
  // Ages such as "2 min ago" change without a change of the tenant.
  refresh();
}, 1_000);
connect();
