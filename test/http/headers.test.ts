import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HeaderList } from "../../src/http/headers.ts";

const name = fc.constantFrom("Accept", "accept", "X-Request-Id", "set-cookie", "Set-Cookie", "date");
const value = fc.stringMatching(/^[a-z0-9;=]{1,5}$/);

/** Everything that headers return, sorted by names, which is the order of the platform. */
function contentsOf(headers: Headers) {
  const names = ["accept", "Accept", "x-request-id", "set-cookie", "Date", "host"];
  const visited: string[][] = [];
  headers.forEach((value, name, owner) => {
    visited.push([name, value, String(owner === headers)]);
  });
  return {
    got: names.map((name) => [headers.get(name), headers.has(name)]),
    cookies: headers.getSetCookie(),
    entries: [...headers].filter(([name]) => name !== "set-cookie").sort(),
    visited: visited.filter(([name]) => name !== "set-cookie").sort(),
    keys: [...new Set(headers.keys())].sort(),
    values: [...headers.values()].join(", ").split(", ").sort(),
  };
}

describe("a list of headers", () => {
  it("returns the same as the platform's Headers after the same changes", () => {
    const step = fc.record({ method: fc.constantFrom("append", "set", "delete"), name, value });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const list = new HeaderList();
        const platform = new Headers();
        for (const { method, name, value } of steps) {
          for (const headers of [list, platform]) {
            if (method === "delete") headers.delete(name);
            else if (method === "set") headers.set(name, value);
            else headers.append(name, value);
          }
        }
        expect(contentsOf(list)).toEqual(contentsOf(platform));
      }),
    );
  });

  it("reads the raw headers of node:http, in whatever case their names are", () => {
    const headers = new HeaderList(["Content-Type", "text/plain", "X-Id", "1", "x-id", "2"]);
    expect([headers.get("content-type"), headers.get("X-ID"), headers.get("date")]).toEqual([
      "text/plain",
      "1, 2",
      null,
    ]);
    expect(Object.fromEntries(headers)).toEqual({ "content-type": "text/plain", "x-id": "1, 2" });
  });
});
