import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");

it("make demo completes the step-up flow and prints the result", async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ["--import", "tsx", "scripts/demo.ts"], {
    cwd: root,
  });
  expect(stderr).toBe("");
  const said = stdout.split("\n").map((line) => line.trim().replace(/ {2,}/, " | "));
  expect(said).toEqual(
    expect.arrayContaining([
      "track, before Jo has a factor | ALLOW, isEnrolled false: send Jo to url to enroll",
      "track, with the rule CHALLENGE | CHALLENGE_REQUIRED: send Jo to the challenge page",
      "the text message says | 123456",
      "Jo mistypes it, and the page says | This code is wrong or has expired.",
      "a stranger with Jo's token | do not withdraw (isValid false, User is invalid.)",
      "the token of another withdrawal | do not withdraw (isValid true, of another attempt)",
      "Jo | withdraw (isValid true, CHALLENGE_SUCCEEDED)",
      "the same token once more | do not withdraw (isValid false, Token has been used already.)",
      "a token after 16 minutes | do not withdraw (isValid false, Token has expired.)",
      "track, whose first answer is lost | is repeated by the client, and is still 1 action",
      "is not repeated: 1 text message was sent",
      expect.stringMatching(/^the inspector \| http:\/\/127\.0\.0\.1:\d+\/$/),
    ]),
  );
});

it("make demo --keep serves the inspector until it is interrupted", async () => {
  const demo = spawn(process.execPath, ["--import", "tsx", "scripts/demo.ts", "--keep"], { cwd: root });
  try {
    let said = "";
    for await (const chunk of demo.stdout.setEncoding("utf8")) {
      said += chunk;
      if (said.includes("Press Ctrl+C to end.")) break;
    }
    const address = /the inspector +(\S+)/.exec(said)?.[1] ?? "";
    const inspector = await (await fetch(address, { headers: { accept: "text/html" } })).text();
    expect(inspector).toContain("usr_123");
    const ended = once(demo, "exit");
    demo.kill("SIGINT");
    expect(await ended).toEqual([0, null]);
  } finally {
    demo.kill("SIGKILL");
  }
});
