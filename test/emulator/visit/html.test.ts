import { type HTMLElement, parse } from "node-html-parser";
import { describe, expect, it } from "vitest";
import { type PageElement, parseHtml } from "../../../src/emulator/visit/html.ts";
import { visit } from "../../../src/emulator/visit/visit.ts";
import { phoneNumber } from "../../support/emulator/emulator.ts";
import { MARKUP } from "../../support/emulator/markup.ts";
import { startPages } from "../../support/emulator/pages.ts";

// The package node-html-parser is the independent judge of what is read from the emulator's pages.

/** What both readers find in a page, in the same form. */
function seen(page: PageElement) {
  const elements = page.findAll("main").flatMap((main) => [main, ...everything(main)]);
  return elements.map((one) => [one.name, one.text, one.getAttribute("data-screen"), one.getAttribute("value")]);
}

function everything(element: PageElement): PageElement[] {
  return element.children.flatMap((child) => (typeof child === "string" ? [] : [child, ...everything(child)]));
}

function judged(document: HTMLElement) {
  const main = document.querySelector("main");
  const elements = main ? [main, ...main.querySelectorAll("*")] : [];
  return elements.map((one) => [
    one.rawTagName.toLowerCase(),
    one.text,
    one.getAttribute("data-screen"),
    one.getAttribute("value"),
  ]);
}

function linesOf(text: string): string[] {
  return text.split("\n").flatMap((line) => line.trim() || []);
}

/** All pages on the way through a step-up, an enrollment and the settings of a user with a hostile name. */
async function pages(): Promise<Map<string, string>> {
  const { emulator, authsignal, track } = startPages();
  const found = new Map<string, string>();
  const fetch = async (request: Request) => {
    const response = await emulator.fetch(request);
    const text = await response.clone().text();
    if (text.startsWith("<!doctype"))
      found.set(parse(text).querySelector("main")?.getAttribute("data-screen") ?? "", text);
    return response;
  };
  const user = `jo ${MARKUP}`;
  const settings = { redirectToSettings: true, scope: "add:authenticators remove:authenticators" };
  const first = await visit((await track({ user, attributes: settings })).url, { fetch });
  await first.enroll("AUTHENTICATOR_APP");
  await (await visit((await track({ user })).url, { fetch })).enroll("SMS", { phoneNumber });
  const [message] = emulator.outbox.list();
  await authsignal.enrollVerifiedAuthenticator({
    userId: user,
    attributes: { verificationMethod: "SMS", phoneNumber },
  });
  await authsignal.enrollVerifiedAuthenticator({
    userId: user,
    attributes: { verificationMethod: "EMAIL_MAGIC_LINK", email: `"<jo&>"@example.com` },
  });
  await visit((await track({ user, attributes: settings })).url, { fetch });
  const challenge = await visit((await track({ user, action: "withdraw" })).url, { fetch });
  await challenge.choose("EMAIL_MAGIC_LINK");
  await challenge.open(emulator.outbox.last()?.url);
  await visit(`${emulator.origin}/challenge?token=x`, { fetch });
  expect(message).toBeDefined();
  return found;
}

describe("parseHtml", () => {
  it("reads every kind of page as node-html-parser does", async () => {
    const found = await pages();
    expect([...found.keys()]).toEqual(expect.arrayContaining(["choose", "enter", "enroll", "settings", "problem"]));
    for (const [screen, text] of found) {
      const document = parse(text);
      const main = parseHtml(text).find("main");
      expect(seen(parseHtml(text)), screen).toEqual(judged(document));
      expect(main?.lines, screen).toEqual(linesOf(document.querySelector("main")?.structuredText ?? ""));
    }
  });

  it("takes escaped markup for text, and the content of scripts and styles for no markup", () => {
    const page = parseHtml(
      `<main data-x="&quot;&#39;&lt;b&gt;&amp;amp;"><p>&lt;i&gt;&#x41;&#66;&unknown;&#9999999;</p><style>p > a { } <b></style><script>"<i>"</script><b>end</b></main>`,
    );
    expect(page.find("main")?.getAttribute("data-x")).toBe(`"'<b>&amp;`);
    expect(page.find("p")?.text).toBe("<i>AB&unknown;&#9999999;");
    expect(page.findAll("b").map(({ text }) => text)).toEqual(["end"]);
    expect(page.find("i")).toBeUndefined();
  });

  it("reads void, self-closing and unclosed elements, comments and stray end tags", () => {
    const page = parseHtml(
      `<!doctype html><main><!-- <b> --><input name="a" required><br/><svg><path d="M0 0"/></svg></b><ul><li>one<li>two</ul>after</main>`,
    );
    expect(page.find("main")?.lines).toEqual(["one", "two", "after"]);
    expect(page.find("input")?.getAttribute("required")).toBe("");
    expect(page.findAll("path")).toHaveLength(1);
    expect(page.find("b")).toBeUndefined();
  });

  it.each(["", "<", "<main", "<main a='b'>", "</", "<!--", "<script>", "&", "text", "\0", "<main ".repeat(20_000)])(
    "reads %j without throwing, in little time",
    (text) => {
      const start = performance.now();
      parseHtml(text).findAll("main");
      expect(performance.now() - start).toBeLessThan(1_000);
    },
  );
});

describe("find", () => {
  const page = parseHtml(
    `<form data-form="a"></form><a data-link="x">1</a><div><a data-link="y">2</a><i data-code="">3</i></div>`,
  );

  it.each([
    ["a", ["1", "2"]],
    [`a[data-link="y"]`, ["2"]],
    ["[data-code]", ["3"]],
    [`a[data-link="y"], [data-code], a[data-link="x"]`, ["1", "2", "3"]],
    [`form[data-form="b"]`, []],
  ])("finds the elements of %s in the order of the page", (selector, texts) => {
    expect(page.findAll(selector).map(({ text }) => text)).toEqual(texts);
  });

  it.each(["", "a b", "a > b", ".class", "#id", "a[b", "a:first-child", "a,"])(
    "throws for the selector %j",
    (selector) => {
      expect(() => page.find(selector)).toThrow("is not supported");
    },
  );
});
