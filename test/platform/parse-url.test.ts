import { expect, it } from "vitest";
import { parseUrl } from "../../src/platform/parse-url.ts";

it("parses addresses beyond ASCII however often, and gives undefined for what is none", () => {
  for (let count = 0; count < 50_000; count++) {
    if (!parseUrl("https://é")) throw new Error(`Refused after ${count} calls`);
  }
  expect(parseUrl("https://app.example.com/вывод")?.pathname).toBe("/%D0%B2%D1%8B%D0%B2%D0%BE%D0%B4");
  expect(parseUrl("app.example.com")).toBeUndefined();
  expect(parseUrl("")).toBeUndefined();
});
