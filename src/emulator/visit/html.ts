// A reader of the emulator's own pages: well-formed HTML, whose texts and attributes are escaped by hono. It is no parser for
// other pages.

/** Elements without content and without an end tag. */
const VOID_ELEMENTS = ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"];
/** Elements whose content is no markup. */
const RAW_ELEMENTS = ["script", "style"];
/** Elements that end a line of text. */
const BLOCK_ELEMENTS =
  /^(article|body|br|dd|div|dl|dt|fieldset|footer|form|h[1-6]|header|hr|html|li|main|nav|ol|p|pre|section|table|td|th|tr|ul)$/;

const ATTRIBUTE = /([^\s=>"'/]+)(?:="([^"]*)")?/g;
/** A tag with its attributes, a comment or a doctype. */
const TAG = /<(\/?)([a-z][a-z\d-]*)((?:\s+[^\s<=>"'/]+(?:="[^"]*")?)*)\s*(\/?)>|<!--[\s\S]*?-->|<![^>]*>/gi;

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

/** One compound selector: an element name, and attributes with or without a value. */
const COMPOUND_SELECTOR = /^([a-z\d]*)((?:\[[\w-]+(?:="[^"]*")?\])*)$/;

/** An element of a page. */
export class PageElement {
  readonly name: string;
  readonly children: (PageElement | string)[] = [];
  readonly #attributes: ReadonlyMap<string, string>;

  constructor(name: string, attributes: ReadonlyMap<string, string> = new Map()) {
    this.name = name;
    this.#attributes = attributes;
  }

  getAttribute(name: string): string | undefined {
    return this.#attributes.get(name);
  }

  /** The text of the element and all elements inside of it. */
  get text(): string {
    return this.children.map((child) => (typeof child === "string" ? child : child.text)).join("");
  }

  /** The text, line by line: each block element has a line of its own. Blank lines are left out. */
  get lines(): string[] {
    const lines = this.#textWithBreaks().split("\n");
    return lines.map((line) => line.trim()).filter((line) => line !== "");
  }

  /**
   * Returns the first element inside of this one that a selector matches.
   * @param selector A list of names and attributes, such as `main` or `a[data-link="back"], [data-code]`.
   */
  find(selector: string): PageElement | undefined {
    return this.findAll(selector)[0];
  }

  /** Returns all elements inside of this one that a selector matches, in the order of the page. */
  findAll(selector: string): PageElement[] {
    const matchers = selector.split(",").map((one) => matcherOf(one.trim()));
    return this.#descendants().filter((element) => matchers.some((matches) => matches(element)));
  }

  #descendants(): PageElement[] {
    return this.children.flatMap((child) => (typeof child === "string" ? [] : [child, ...child.#descendants()]));
  }

  #textWithBreaks(): string {
    const text = this.children
      .map((child) => (typeof child === "string" ? child.replaceAll(/\s+/g, " ") : child.#textWithBreaks()))
      .join("");
    return BLOCK_ELEMENTS.test(this.name) ? `\n${text}\n` : text;
  }
}

/** Parses a page. @returns An element that holds the whole page. */
export function parseHtml(html: string): PageElement {
  const root = new PageElement("#document");
  const open = [root];
  const current = () => open.at(-1) ?? root;
  let end = 0;
  for (const match of html.matchAll(TAG)) {
    // The content of a raw element was read with its start tag.
    if (match.index < end) continue;
    if (match.index > end) current().children.push(unescapeHtml(html.slice(end, match.index)));
    end = match.index + match[0].length;
    const [, slash, tagName, attributes = "", selfClosing] = match;
    if (tagName === undefined) continue;
    const name = tagName.toLowerCase();
    if (slash) {
      const place = open.findLastIndex((element) => element.name === name);
      if (place > 0) open.splice(place);
      continue;
    }
    const element = new PageElement(name, attributesIn(attributes));
    current().children.push(element);
    if (RAW_ELEMENTS.includes(name)) end = endOfRawElement(html, name, end);
    else if (!selfClosing && !VOID_ELEMENTS.includes(name)) open.push(element);
  }
  if (end < html.length) current().children.push(unescapeHtml(html.slice(end)));
  return root;
}

/** Returns where the end tag of a raw element begins, which is skipped later as it has no start tag. */
function endOfRawElement(html: string, name: string, start: number): number {
  const end = html.toLowerCase().indexOf(`</${name}`, start);
  return end === -1 ? html.length : end;
}

function attributesIn(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(ATTRIBUTE)].map(([, name = "", value = ""]) => [name.toLowerCase(), unescapeHtml(value)]),
  );
}

function unescapeHtml(text: string): string {
  return text.replaceAll(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,4}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number.parseInt(decimal, 10);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** @throws Error for a selector that this reader does not support. */
function matcherOf(selector: string): (element: PageElement) => boolean {
  const [, name, attributes = ""] = COMPOUND_SELECTOR.exec(selector) ?? [];
  if (name === undefined || selector === "") throw new Error(`The selector ${selector} is not supported`);
  const wanted = [...attributes.matchAll(/\[([\w-]+)(?:="([^"]*)")?\]/g)];
  return (element) =>
    (name === "" || element.name === name) &&
    wanted.every(([, attribute = "", value]) => {
      const actual = element.getAttribute(attribute);
      return value === undefined ? actual !== undefined : actual === value;
    });
}
