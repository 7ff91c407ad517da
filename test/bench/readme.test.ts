import { describe, expect, it } from "vitest";
import { putBetween } from "../../scripts/readme.ts";

describe("writing between marks", () => {
  it("replaces the text between the marks only", () => {
    const document = "a\n<!-- x -->\nold\n<!-- /x -->\nb <!-- y -->1<!-- /y -->";
    expect(putBetween(document, "x", "new $& $1")).toBe(
      "a\n<!-- x -->\n\nnew $& $1\n\n<!-- /x -->\nb <!-- y -->1<!-- /y -->",
    );
  });

  it("changes nothing the second time", () => {
    const once = putBetween("<!-- x --><!-- /x -->", "x", "new");
    expect(putBetween(once, "x", "new")).toBe(once);
  });

  it.each([
    "no marks",
    "<!-- x --> alone",
    "<!-- /x --> alone",
    "<!-- /x --> before <!-- x -->",
    "<!-- x --><!-- /x --> twice <!-- x --><!-- /x -->",
    "<!-- x --><!-- /x --> and <!-- /x -->",
  ])("refuses a document with %s", (document) => {
    expect(() => putBetween(document, "x", "new")).toThrow("There is no <!-- x -->");
  });
});
