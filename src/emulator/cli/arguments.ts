import { parseArgs } from "node:util";
import { fieldOf } from "../../platform/fields.ts";
import { isLoopback, isPort, LOOPBACK_HOSTS, type StartOptions } from "../start.ts";
import type { Outcome } from "../state/rows.ts";
import { type BehaviourOptions, redirectScope, settingsOf } from "../tenant/settings.ts";

/** The parsed command line. */
export interface Arguments {
  /** What to print instead of starting the emulator. */
  readonly print: "help" | "version" | undefined;
  /** The options of the emulator, without the seed. */
  readonly options: StartOptions;
  /** The file of the seed. */
  readonly seedFile: string | undefined;
  /** Whether to start with the sample data. */
  readonly isSample: boolean;
  /** Whether to print one line of JSON. */
  readonly isJson: boolean;
  /** Whether to open the inspector in a browser. */
  readonly opensBrowser: boolean;
}

/** The command line is wrong. */
export class UsageError extends Error {}

const DEFAULT_PORT = 4300;
const OUTCOMES = ["ALLOW", "BLOCK", "CHALLENGE", "REVIEW"] as const satisfies Outcome[];

const OPTIONS = {
  port: { type: "string", takes: "number", help: `port, ${DEFAULT_PORT} by default; 0 for any that is free` },
  host: { type: "string", takes: "host", help: `${LOOPBACK_HOSTS.join(", ")}; the first by default` },
  seed: { type: "string", takes: "file", help: "JSON file with what there is at first" },
  sample: { type: "boolean", help: "start with users, rules and what happened lately, to look at" },
  data: { type: "string", takes: "file", help: "file in which everything is kept; made when missing" },
  key: { type: "string", takes: "sk_emulator_…", help: "secret key, sk_emulator_default by default" },
  otp: { type: "string", takes: "code", help: "what every one-time code is, 123456 by default, or random" },
  outcome: { type: "string", takes: "outcome", help: `what no rule decides: ${OUTCOMES.join(", ")}` },
  webhook: { type: "string", takes: "url", help: "where signed events go, such as http://localhost:3000/webhooks" },
  "no-strict": { type: "boolean", help: "ignore unknown fields in requests, as the real service does" },
  "no-limits": { type: "boolean", help: "send messages and try codes without limits" },
  "allow-redirect": { type: "string", multiple: true, takes: "origin", help: "where challenge pages may send people" },
  "allow-host": { type: "string", multiple: true, takes: "name", help: "another name under which pages are reached" },
  "allow-production": { type: "boolean", help: "start although NODE_ENV is production" },
  open: { type: "boolean", help: "open the inspector in a browser" },
  json: { type: "boolean", help: "print one line of JSON and nothing else" },
  help: { type: "boolean", short: "h", help: "print this" },
  version: { type: "boolean", help: "print the version" },
} as const;

/** Parses the command line. @throws UsageError that says what to change. */
export function parseArguments(argv: readonly string[]): Arguments {
  const values = valuesOf(argv);
  const { port = `${DEFAULT_PORT}`, host = "127.0.0.1", outcome, otp } = values;
  const allowedRedirects = values["allow-redirect"] ?? [];
  if (!/^\d{1,5}$/.test(port) || !isPort(Number(port))) {
    throw new UsageError(`--port must be a number from 0 to 65535, not ${port}`);
  }
  if (!isLoopback(host)) {
    const hosts = LOOPBACK_HOSTS.join(", ");
    throw new UsageError(`--host must be one of ${hosts}, not ${host}: the emulator is reached from this machine only`);
  }
  if (outcome !== undefined && !isOutcome(outcome)) {
    throw new UsageError(`--outcome must be one of ${OUTCOMES.join(", ")}, not ${outcome}`);
  }
  const wrong = allowedRedirects.find((text) => redirectScope(text) === undefined);
  if (wrong !== undefined) {
    throw new UsageError(`--allow-redirect must be an origin such as https://app.example.com, not ${wrong}`);
  }
  if (values.seed !== undefined && values.sample) throw new UsageError("--seed and --sample exclude each other");
  const webhooks = values.webhook === undefined ? undefined : { url: values.webhook };
  if (!isUsable({ webhooks })) {
    throw new UsageError("--webhook must be an http or https URL without user and password");
  }
  if (!isUsable({ otp })) throw new UsageError(`--otp must be 4 to 10 digits or random, not ${otp}`);
  const version = values.version ? "version" : undefined;
  return {
    print: values.help ? "help" : version,
    options: {
      port: Number(port),
      host,
      apiSecretKey: values.key,
      dataFile: values.data,
      otp,
      defaultOutcome: outcome,
      webhooks,
      strict: !values["no-strict"],
      limits: !values["no-limits"],
      allowedRedirects,
      allowedHosts: values["allow-host"] ?? [],
      allowProduction: values["allow-production"] ?? false,
    },
    seedFile: values.seed,
    isSample: values.sample ?? false,
    isJson: values.json ?? false,
    opensBrowser: values.open ?? false,
  };
}

/** Returns the text of `--help`. */
export function helpText(): string {
  const rows = Object.entries<{ help: string; takes?: string | undefined; multiple?: boolean | undefined }>(
    OPTIONS,
  ).map(([name, option]) => [
    `--${name}${option.takes === undefined ? "" : ` <${option.takes}>`}`,
    `${option.help}${option.multiple ? "; may be given several times" : ""}`,
  ]);
  const width = Math.max(...rows.map(([name = ""]) => name.length));
  return [
    "Usage: authsignal-emulator [options]",
    "",
    "A local Authsignal for development and tests. It sends no messages: look into its outbox.",
    "",
    ...rows.map(([name = "", help]) => `  ${name.padEnd(width)}  ${help}`),
    "",
  ].join("\n");
}

function valuesOf(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS }).values;
  } catch (error) {
    const [problem] = String(fieldOf(error, "message")).split(/\. |\n/);
    throw new UsageError(`${problem}. See authsignal-emulator --help`);
  }
}

function isUsable(options: BehaviourOptions): boolean {
  try {
    settingsOf(options);
    return true;
  } catch {
    return false;
  }
}

function isOutcome(text: string): text is Outcome {
  return OUTCOMES.some((one) => one === text);
}
