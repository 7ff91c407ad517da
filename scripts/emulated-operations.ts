/**
 * Writes the table of emulated operations into README.md, between its two marks. With `--check` it writes nothing and
 * fails on any difference.
 */
import { readFile, writeFile } from "node:fs/promises";
import * as official from "@authsignal/node";
import type { operations } from "../generated/authsignal.ts";
import type { operations as callConnectOperations } from "../generated/call-connect.ts";
import { callConnect, serverApi } from "../src/emulator/server-api/server-api.ts";

/** Known differences of each operation from the real service; empty where there is none. */
const KNOWN_LIMITS: Record<keyof operations | keyof callConnectOperations, string> = {
  queryUsers: "whole values only; `email` in any case; the signature of `token` is not checked",
  getUser: "",
  updateUser: "also as POST, for the Java and Ruby SDKs",
  deleteUser: "actions always go too, whatever `actions` says",
  getAuthenticators: "no icons and no parsed user agent of passkeys",
  enrollVerifiedAuthenticator: "credentials of passkeys are stored, not checked",
  deleteAuthenticator: "always allowed; the real tenant must switch it on",
  batchEnrollVerifiedAuthenticators: "credentials of passkeys are stored, not checked",
  getAuthenticatorConfigurations: "those of the seed, or seven usual ones",
  track:
    "rules see what you track, not places and reputations; an enrolled user is needed for `CHALLENGE`; `customDomain` and `crypto` change nothing",
  getAction: "",
  queryUserActions: "no `countryCode`",
  updateAction: "any state may follow any other",
  challenge: "a repetition by `challengeId` sends the same code; rules are evaluated when it is claimed",
  verify: "",
  claimChallenge:
    "for an enrolled user, only a challenge that was started with the `userId` or sent to a contact of this user",
  getChallenge: "",
  validateChallenge: "a token is good once, here or for `createSession`; no `veriffSessionId`",
  createSession: "any `clientId` is an app client",
  validateSession: "no claims of your own",
  refreshSession: "",
  revokeSession: "",
  revokeUserSessions: "",
  getDevices: "devices come from `track` and from the seed",
  updateDevice: "",
  invalidateDevice: "",
  startCall: "local numbers stay as they are; the message holds nothing to confirm",
  finishCall: "no webhook",
};

const BEGIN = "<!-- Written by `make generate`, from scripts/emulated-operations.ts -->";
const END = "<!-- End of what `make generate` writes -->";

function table(): string {
  const names = new Set([...callConnect, ...serverApi].map(({ name }) => name));
  const isOfficial = (name: string) => name in official.Authsignal.prototype || name in official.CallConnect.prototype;
  const lines = Object.entries(KNOWN_LIMITS).map(([name, limit]) => {
    if (!names.has(name)) throw new Error(`The emulator does not serve ${name}`);
    // test/docs/emulated-operations.test.ts compares this with the tables of the contract and model tests.
    const tests = isOfficial(name) ? ["contract", "official client", "model"] : ["contract", "model"];
    return `| \`${name}\` | yes | ${tests.join(", ")} | ${limit} |`;
  });
  return ["| Operation | Emulated | Tests | Known limits |", "|---|---|---|---|", ...lines].join("\n");
}

const file = new URL("../README.md", import.meta.url);
const text = await readFile(file, "utf8");
const [before, rest] = text.split(BEGIN);
const after = rest?.split(END)[1];
if (before === undefined || after === undefined) throw new Error("README.md does not have both marks of the table");
const updated = `${before}${BEGIN}\n\n${table()}\n\n${END}${after}`;
if (process.argv.includes("--check")) {
  if (updated !== text) {
    console.error("The table of emulated operations in README.md is not current: run `make generate`");
    process.exitCode = 1;
  }
} else {
  await writeFile(file, updated);
}
