import { version } from "../../../generated/version.ts";
import type { Emulator } from "../emulator.ts";
import type { Arguments } from "./arguments.ts";

/** Returns the addresses and keys of the emulator as one line of JSON, for programs. */
export function startupJson(emulator: Emulator): string {
  const { apiUrl, origin, inspectorUrl, apiSecretKey, callConnectSecretKey } = emulator;
  return `${JSON.stringify({ apiUrl, origin, inspectorUrl, apiSecretKey, callConnectSecretKey, pid: process.pid })}\n`;
}

/** Returns the addresses and keys of the emulator, and how to use them, as text for people. */
export function startupText(emulator: Emulator, { options, isSample }: Arguments): string {
  const { apiUrl, origin, apiSecretKey, callConnectSecretKey } = emulator;
  const { otp = "123456", defaultOutcome = "ALLOW", dataFile } = options;
  return [
    `authsignal-emulator ${version}`,
    "",
    ...table([
      ["Inspector", emulator.inspectorUrl],
      ["Server API", apiUrl, apiSecretKey],
      ["Call Connect", origin, callConnectSecretKey],
      ["Control", `${origin}/_emulator`],
      ["Health", `${origin}/health`],
    ]),
    "",
    `Give your client ${apiUrl} as its base URL and ${apiSecretKey} as its key.`,
    "",
    otp === "random" ? "The codes in messages are random." : `The code in every message is ${otp}.`,
    `Messages are not sent: see them in the inspector, ${emulator.inspectorUrl}#outbox`,
    dataFile === undefined ? "Nothing is kept when it stops." : `Everything is kept in ${dataFile}.`,
    ...(isSample ? ["", ...sampleText(emulator, defaultOutcome)] : []),
    "",
    "Stop it with Ctrl+C.",
    "",
  ].join("\n");
}

/** How many users of the sample are listed at most. */
const MOST_USERS = 10;

function sampleText(emulator: Emulator, defaultOutcome: string): string[] {
  const { users = [], authenticators = [], rules = [] } = emulator.export();
  const [first] = users;
  return [
    "Users:",
    "",
    ...table(
      users.slice(0, MOST_USERS).map(({ userId }) => [
        userId,
        authenticators
          .filter((one) => one.userId === userId)
          .map((one) => `${one.verificationMethod} ${one.phoneNumber ?? one.email ?? one.otpUri ?? one.name ?? ""}`)
          .join(", "),
      ]),
    ),
    ...(users.length > MOST_USERS ? [`  and ${users.length - MOST_USERS} more`] : []),
    "",
    "Rules:",
    "",
    ...table([
      ...rules.map(({ action = "any other", outcome, where, name = "" }) => [action, outcome, where ? name : ""]),
      ["else", defaultOutcome, ""],
    ]),
    "",
    "Track a withdrawal, and open the url of the answer in a browser:",
    "",
    `  curl -u ${emulator.apiSecretKey}: ${emulator.apiUrl}/users/${encodeURIComponent(first?.userId ?? "jo")}/actions/withdraw \\`,
    `    -H 'content-type: application/json' -d '{"redirectUrl":"http://localhost:3000/"}'`,
  ];
}

/** Returns rows as lines with aligned columns. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd());
}
