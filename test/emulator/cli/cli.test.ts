import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { TOTP, URI } from "otpauth";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { bodies } from "../../../generated/emulator-validators.js";
import { version } from "../../../generated/version.ts";
import { sampleSeed } from "../../../src/emulator/tenant/sample.ts";
import { visit } from "../../../src/emulator/visit/visit.ts";
import { client, during, type Line, linesOf, outcomeOf } from "../../support/emulator/cli.ts";

const root = join(import.meta.dirname, "../../..");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "emulator-cli-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("the started emulator", () => {
  it("is described in one line of JSON", async () => {
    await during(["--json", "--key", "sk_emulator_mine"], async (out) => {
      expect(out).toMatch(/^\{.*\}\n$/);
      const line: Line = JSON.parse(out);
      expect(line).toEqual({
        origin: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
        apiUrl: `${line.origin}/v1`,
        inspectorUrl: `${line.origin}/`,
        apiSecretKey: "sk_emulator_mine",
        callConnectSecretKey: "sk_emulator_connect_mine",
        pid: process.pid,
      });
      expect((await client(line).track({ userId: "jo", action: "withdraw" })).state).toBe("ALLOW");
    });
  });

  it("is described as text for people, without trailing space", async () => {
    await during(["--otp", "4711"], async (out) => {
      const origin = /http:\S+(?=\/v1)/.exec(out)?.[0] ?? "";
      expect(out.replaceAll(origin, "ORIGIN")).toBe(
        [
          `authsignal-emulator ${version}`,
          "",
          "  Inspector     ORIGIN/",
          "  Server API    ORIGIN/v1         sk_emulator_default",
          "  Call Connect  ORIGIN            sk_emulator_connect_default",
          "  Control       ORIGIN/_emulator",
          "  Health        ORIGIN/health",
          "",
          "Give your client ORIGIN/v1 as its base URL and sk_emulator_default as its key.",
          "",
          "The code in every message is 4711.",
          "Messages are not sent: see them in the inspector, ORIGIN/#outbox",
          "Nothing is kept when it stops.",
          "",
          "Stop it with Ctrl+C.",
          "",
        ].join("\n"),
      );
      for (const path of ["/health", "/_emulator/outbox"]) expect((await fetch(origin + path)).status).toBe(200);
    });
  });

  it("behaves as the options say", async () => {
    const argv = ["--json", "--outcome", "BLOCK", "--otp", "4711", "--no-strict", "--no-limits"];
    await during([...argv, "--allow-redirect", "https://app.example.com", "--allow-host", "emulator"], async (out) => {
      const line: Line = JSON.parse(out);
      expect((await client(line).track({ userId: "jo", action: "withdraw" })).state).toBe("BLOCK");
      const phoneNumber = "+64270000000";
      for (let count = 0; count < 20; count++) {
        await client(line).challenge({ verificationMethod: "SMS", action: "call", phoneNumber });
      }
      const outbox = await fetch(`${line.origin}/_emulator/outbox`);
      expect(await outbox.json()).toEqual(Array(20).fill(expect.objectContaining({ to: phoneNumber, code: "4711" })));
      const headers = { authorization: `Basic ${btoa(`${line.apiSecretKey}:`)}` };
      const unknown = { method: "POST", headers, body: '{"colour":"red"}' };
      expect((await fetch(`${line.apiUrl}/users/jo/actions/withdraw`, unknown)).status).toBe(200);
    });
  });

  it("holds the seed, and keeps everything in the data file", async () => {
    const seed = join(folder, "seed.json");
    await writeFile(seed, '\ufeff{ "$schema": "x", "users": [{ "userId": "jo", "email": "jo@example.com" }] }');
    const argv = ["--json", "--data", join(folder, "data.json"), "--seed", seed];
    await during(argv, async (out) => {
      const authsignal = client(JSON.parse(out));
      expect((await authsignal.getUser({ userId: "jo" })).email).toBe("jo@example.com");
      await authsignal.updateUser({ userId: "jo", attributes: { email: "new@example.com" } });
    });
    await during(argv, async (out) => {
      expect((await client(JSON.parse(out)).getUser({ userId: "jo" })).email).toBe("new@example.com");
    });
    await during(argv.slice(1), async (out) =>
      expect(out).toContain(`Everything is kept in ${join(folder, "data.json")}.`),
    );
  });

  it("ends at once when it was stopped before it started", async () => {
    expect((await outcomeOf("--port", "0")).code).toBe(0);
  });
});

describe("the sample", () => {
  const sample = sampleSeed({ tenantId: "t", origin: "http://127.0.0.1:4300" });

  it("fits the schema of seeds", () => {
    expect([bodies.importState(sample), bodies.importState.errors]).toEqual([true, null]);
  });

  it("is shown with a command that tracks a withdrawal", async () => {
    await during(["--sample"], async (out) => {
      expect(out).toMatch(/^ {2}jo {3}SMS \+64270000000, EMAIL_OTP jo@example\.com$/m);
      expect(out).toMatch(/^ {2}withdraw {2}CHALLENGE\n {2}transfer {2}REVIEW\n {2}else {6}ALLOW$/m);
      const command = /^ {2}curl[\s\S]*?'$/m.exec(out)?.[0] ?? "";
      const { stdout } = await promisify(execFile)("sh", [
        "-c",
        `${command.replace("curl", "curl --silent --show-error")}`,
      ]);
      const { state, url } = JSON.parse(stdout);
      expect(state).toBe("CHALLENGE_REQUIRED");
      const page = await visit(url);
      await page.choose("EMAIL_OTP");
      expect((await page.enter("123456")).url).toMatch(/^http:\/\/localhost:3000\/\?token=/);
    });
  });

  it("has users who can confirm, each in another way", async () => {
    await during(["--sample", "--json"], async (out) => {
      const authsignal = client(JSON.parse(out));
      const states = ["withdraw", "transfer", "look"].map(
        async (action) => (await authsignal.track({ userId: "kim", action })).state,
      );
      expect(await Promise.all(states)).toEqual(["CHALLENGE_REQUIRED", "REVIEW_REQUIRED", "ALLOW"]);

      const attributes = { redirectUrl: "http://localhost:3000/" };
      const app = await visit((await authsignal.track({ userId: "kim", action: "withdraw", attributes })).url);
      const totp = URI.parse(sample.authenticators?.find(({ otpUri }) => otpUri)?.otpUri ?? "");
      await app.choose("AUTHENTICATOR_APP");
      const { token } = await app.enter(totp instanceof TOTP ? totp.generate() : undefined);
      expect((await authsignal.validateChallenge({ token, userId: "kim", action: "withdraw" })).isValid).toBe(true);

      const passkey = await visit((await authsignal.track({ userId: "lee", action: "withdraw", attributes })).url);
      await passkey.choose("PASSKEY");
      expect((await passkey.approve()).url).toContain("http://localhost:3000/");
    });
  });
});

describe("the program", () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
  });

  function start(...argv: string[]): ChildProcess {
    const path = join(root, "src/emulator/cli.ts");
    const child = spawn(process.execPath, ["--import", "tsx", path, "--port", "0", ...argv], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
    });
    children.push(child);
    return child;
  }

  async function all(stream: NodeJS.ReadableStream | null): Promise<string> {
    let text = "";
    for await (const chunk of stream ?? []) text += chunk;
    return text;
  }

  async function lineOf({ stdout }: ChildProcess): Promise<Line> {
    if (!stdout) throw new Error("It has no output");
    for await (const line of createInterface({ input: stdout })) return JSON.parse(line);
    throw new Error("It printed nothing");
  }

  it.each(["SIGINT", "SIGTERM"] as const)(
    "stops on %s although an answer is still to come, and says nothing else",
    async (signal) => {
      const child = start("--json", "--data", join(folder, `${signal}.json`));
      const stderr = all(child.stderr);
      const line = await lineOf(child);
      expect(line.pid).toBe(child.pid);
      const faults = `${line.origin}/_emulator/faults`;
      const headers = { "content-type": "application/json" };
      await fetch(faults, { method: "POST", headers, body: '{"latency":600000,"times":1}' });
      const slow = client(line)
        .track({ userId: "jo", action: "withdraw" })
        .catch((error: unknown) => error);
      // A fault is taken off the list when its call has come.
      while ((await (await fetch(faults)).text()) !== "[]");
      child.kill(signal);
      expect(await once(child, "exit")).toEqual([0, null]);
      expect(await slow).toMatchObject({ errorCode: "network_error" });
      expect(await stderr).toBe("");
    },
  );

  it("stops at once on a second signal", async () => {
    const child = start("--json");
    await lineOf(child);
    child.kill("SIGINT");
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  it("ends with a code and one line when it cannot start", async () => {
    const child = start("--host", "0.0.0.0");
    const [stdout, stderr] = await Promise.all([all(child.stdout), all(child.stderr), once(child, "exit")]);
    expect(child.exitCode).toBe(2);
    expect(stdout).toBe("");
    expect(linesOf(stderr)).toHaveLength(1);
  });
});
