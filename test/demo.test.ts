import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "..");

it("make demo completes the step-up flow, and says so", async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ["--import", "tsx", "scripts/demo.ts"], {
    cwd: root,
  });
  expect(stderr).toBe("");
  const said = stdout.split("\n").map((line) => line.trim().replace(/ {2,}/, " | "));
  expect(said).toEqual(
    expect.arrayContaining([
      "track, with the rule CHALLENGE | CHALLENGE_REQUIRED: send Jo to the challenge page",
      "the text message says | 123456",
      "Jo mistypes it, and the page says | This code is wrong or has expired.",
      "a stranger with Jo's token | do not withdraw (isValid false, User is invalid.)",
      "Jo | withdraw (isValid true, CHALLENGE_SUCCEEDED)",
      "the same token once more | do not withdraw (isValid false, Token has been used already.)",
      "a token after 16 minutes | do not withdraw (isValid false, Token has expired.)",
      "track, whose first answer is lost | is repeated by the client, and is still 1 action",
      "is not repeated: 1 text message was sent",
    ]),
  );
});
