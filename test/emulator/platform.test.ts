import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const program = join(import.meta.dirname, "../support/emulator/platform-program.ts");

/** What the program says. */
async function run(what: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", program, what]);
  return stdout.trim();
}

it("says what is missing in Jest's jsdom, and what to change", async () => {
  const words = / needs Request, which Node has .* \/\*\* @jest-environment node \*\/ at the top of the file$/;
  expect(await run("Request")).toMatch(words);
});

it("works where a program has frozen Error.prototype", async () => {
  expect(await run("frozen")).toBe("VisitError true 401");
});
