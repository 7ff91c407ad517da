/**
 * Writes the table of emulated operations into README.md, between its two marks. With `--check` it writes nothing and
 * fails on any difference.
 */
import { readFile, writeFile } from "node:fs/promises";
import * as official from "@authsignal/node";
import type { operations } from "../generated/authsignal.ts";
import type { operations as callConnectOperations } from "../generated/call-connect.ts";
import { callConnect, serverApi } from "../src/emulator/server-api/server-api.ts";
import { calls } from "../test/contract/calls.ts";
import { MODELLED } from "../test/emulator/model/commands.ts";

/** How each operation differs from the real service, as far as we know; empty where it does not. */
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
  challenge: "a repetition by `challengeId` sends the same code; rules are asked when it is claimed",
  verify: "",
  claimChallenge:
    "for somebody enrolled, only a challenge that was started with their `userId` or went to a contact of theirs",
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
  const endpoints = new Map(
    [...callConnect, ...serverApi].map(({ name, method, path }) => [name, `${method} ${path}`]),
  );
  const isOfficial = (name: string) => name in official.Authsignal.prototype || name in official.CallConnect.prototype;
  const lines = Object.entries(KNOWN_LIMITS).map(([name, limit]) => {
    if (!endpoints.has(name) || !(name in calls)) throw new Error(`${name} is not served, or not tested`);
    const tests = [
      "contract",
      ...(isOfficial(name) ? ["official client"] : []),
      ...(MODELLED.has(name) ? ["model"] : []),
    ];
    return `| \`${name}\` | yes | ${tests.join(", ")} | ${limit} |`;
  });
  return ["| Operation | Emulated | Tests | Known limits |", "|---|---|---|---|", ...lines].join("\n");
}

const file = new URL("../README.md", import.meta.url);
const text = await readFile(file, "utf8");
const [before, rest] = text.split(BEGIN);
const after = rest?.split(END)[1];
if (before === undefined || after === undefined) throw new Error("README.md has lost the marks of the table");
const updated = `${before}${BEGIN}\n\n${table()}\n\n${END}${after}`;
if (process.argv.includes("--check")) {
  if (updated !== text) {
    console.error("The table of emulated operations in README.md is not current: run `make generate`");
    process.exitCode = 1;
  }
} else {
  await writeFile(file, updated);
}
