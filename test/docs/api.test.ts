import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as authsignal from "../../generated/authsignal-data.ts";
import { samples } from "../../generated/authsignal-events.ts";
import * as authy from "../../generated/authy-data.ts";
import * as callConnect from "../../generated/call-connect-data.ts";
import { root } from "./symbols.ts";

const text = readFileSync(join(root, "api.md"), "utf8");
const rows = text.split("\n").filter((line) => line.startsWith("| "));

/** Returns the row that names the endpoint of an operation. */
const rowOf = (route: string): string[] => {
  const found = rows.filter((row) => row.includes(`[\`${route}\`]`));
  expect(found, route).toHaveLength(1);
  return found[0]?.split(" | ") ?? [];
};

/** Returns the heading of the reference to which a link of the first cell leads. */
function headingOf(cell = ""): string | undefined {
  const [, page = "", anchor = ""] = /\((.+?)#(.+?)\)/.exec(cell) ?? [];
  const after = readFileSync(join(root, page), "utf8").split(`<a id="${anchor}"></a>`)[1];
  return /^#+ (.*)$/m.exec(after ?? "")?.[1];
}

const dotted = (name: string): string =>
  name.replace(
    /^(users|tokens|apps|stats|phones|oneTouch|devices)(.)/,
    (_all, part, letter) => `${part}.${letter.toLowerCase()}`,
  );

describe("api.md", () => {
  it.each([...Object.entries(authsignal.routes), ...Object.entries(callConnect.routes)])(
    "leads from %s to its method and to its place in the spec",
    (name, route) => {
      const [method, , takes, gives, endpoint] = rowOf(route);
      expect(method).toContain(`[\`${name}\`]`);
      expect(headingOf(method)).toBe(`${name}()`);
      expect(takes).toMatch(/^\[`\w+`\]/);
      expect(gives).toMatch(/^(\[`\w+`\]|`void`)/);
      expect(endpoint).toMatch(/\(openapi\/(authsignal|call-connect)\.yaml#\/paths\//);
    },
  );

  it.each(Object.entries(authy.routes))("links %s of Authy to its method", (name, route) => {
    const [method] = rowOf(route);
    if (name === "usersRemove") return expect(method).toBe("| only in the typed client");
    expect(method).toContain(`[\`${dotted(name)}\`]`);
    expect(headingOf(method)).toBe(`${dotted(name).split(".")[1]}()`);
  });

  it.each(Object.keys(samples))("lists the event %s with its type", (type) => {
    expect(rows.filter((row) => row.startsWith(`| [\`${type}\`](`) && /\[`\w+(Event|Batch)`\]/.test(row))).toHaveLength(
      1,
    );
  });

  it("lists the other methods of the clients", () => {
    for (const method of ["queryAllUsers", "webhook.constructEvent", "oneTouch.readCallback"]) {
      expect(text).toContain(`| [\`${method}\`](`);
    }
  });
});
