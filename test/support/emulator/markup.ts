import { type HTMLElement, parse } from "node-html-parser";
import { expect } from "vitest";

/** A text that would become an element, an attribute, or the end of its surroundings if it were not escaped. */
export const MARKUP = `"'><mark-up/onmark=1></script></style></title></textarea></pre></option>&lt;<!--\${alert(1)}`;

/** Returns the hostile text after a name, so that several can be told apart. */
export const markup = (name: string): string => `${name}${MARKUP}`;

/** A response that was checked. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  /** The page; undefined when the response is no HTML. */
  readonly document: HTMLElement | undefined;
  readonly location: string | undefined;
}

/** Reads a response; fails when it has markup or scripts that are not those of the emulator. */
export async function harmless(response: Response): Promise<Answer> {
  const { status, headers } = response;
  const text = await response.text();
  const location = headers.get("location") ?? undefined;
  const type = headers.get("content-type") ?? "";
  for (const [name, value] of headers) expect(value, name).not.toMatch(/[<>\r\n]/);
  if (!type.startsWith("text/html")) {
    if (text !== "") expect(type).toMatch(/^(application\/json|text\/plain)/);
    return { status, text, location, document: undefined };
  }
  expect(type).toMatch(/charset=utf-8/i);
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  const policy = headers.get("content-security-policy") ?? "";
  expect(policy).toMatch(/default-src 'none'.*base-uri 'none'/);
  expect(policy.replace("style-src 'unsafe-inline'", "")).not.toMatch(/unsafe|\*/);
  expect(text).not.toMatch(/<mark-up|<!--/);
  const document = parse(text);
  const all = document.querySelectorAll("*");
  expect(all.filter(({ rawTagName }) => /mark-up/i.test(rawTagName))).toEqual([]);
  expect(all.flatMap(({ attributes }) => Object.keys(attributes)).filter((name) => /^on|mark/.test(name))).toEqual([]);
  const scripts = document.querySelectorAll("script");
  expect(scripts.length).toBeLessThanOrEqual(1);
  expect(scripts.length === 1).toBe(/script-src 'sha256-/.test(policy));
  for (const element of all)
    expect(addressIn(element)).toMatch(/^(|[/#](?![/\\]).*|https?:\/\/.*|data:image\/svg.*|otpauth:.*)$/);
  return { status, text, location, document };
}

function addressIn({ attributes }: HTMLElement): string {
  return attributes.href ?? attributes.src ?? attributes.action ?? attributes.formaction ?? "";
}
