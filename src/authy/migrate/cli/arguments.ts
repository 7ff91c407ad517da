import { parseArgs } from "node:util";
import type { Region } from "../../../authsignal/regions.ts";
import { messageOf } from "../import/error.ts";
import type { MigrationFormat } from "../import/types.ts";

/** The parsed command line. */
export interface Arguments {
  /** What to print instead of migrating. */
  readonly print: "help" | "version" | undefined;
  readonly file: string;
  readonly format: MigrationFormat | undefined;
  readonly apply: boolean;
  readonly assumeConfirmed: boolean;
  /** Whether to skip the question of `--assume-confirmed`. */
  readonly yes: boolean;
  readonly region: Region | undefined;
  readonly apiUrl: string | undefined;
  readonly concurrency: number | undefined;
  /** In seconds. */
  readonly settle: number | undefined;
  readonly journal: string | undefined;
  /** The file for the rows that need a review. */
  readonly report: string | undefined;
}

/** The command line is wrong. */
export class UsageError extends Error {}

const REGIONS = ["us", "au", "eu", "ca"] as const satisfies Region[];
const FORMATS = ["csv", "jsonl"] as const satisfies MigrationFormat[];

const OPTIONS = {
  apply: { type: "boolean", help: "do it; without this, the file is checked and nothing is sent" },
  region: { type: "string", takes: "region", help: `where the tenant is: ${REGIONS.join(", ")}; the first by default` },
  "api-url": { type: "string", takes: "url", help: "another address of the API, such as that of the emulator" },
  format: { type: "string", takes: "format", help: `${FORMATS.join(" or ")}; by default, the name of the file tells` },
  report: { type: "string", takes: "file", help: "write the rows that need a look into this .csv or .jsonl file" },
  journal: {
    type: "string",
    takes: "file",
    help: "what was done, to go on after a stop; <file>.journal by default; two journals are two runs",
  },
  concurrency: { type: "string", takes: "number", help: "users worked on at once, 1 to 64; 8 by default" },
  settle: {
    type: "string",
    takes: "seconds",
    help: "how long an enrollment without an answer may take, up to 600; 30 by default",
  },
  "assume-confirmed": { type: "boolean", help: "enroll unconfirmed users too, which lets strangers in" },
  yes: { type: "boolean", help: "do not ask whether --assume-confirmed is meant" },
  help: { type: "boolean", short: "h", help: "print this" },
  version: { type: "boolean", help: "print the version" },
} as const;

/** Parses the command line. @throws UsageError that says what to change. */
export function parseArguments(argv: readonly string[], env: NodeJS.ProcessEnv): Arguments {
  const { values, positionals } = valuesOf(argv);
  const { region, format, report, concurrency, settle } = values;
  const apiUrl = values["api-url"] ?? (region === undefined ? env.AUTHSIGNAL_API_URL || undefined : undefined);
  const [file = "", secondFile] = positionals;
  const version = values.version ? "version" : undefined;
  const print = values.help ? "help" : version;
  if (print === undefined && file === "")
    throw new UsageError("Name the file with the users. See authsignal-migrate-authy --help");
  if (secondFile !== undefined) throw new UsageError(`Name one file, not ${file} and ${secondFile}`);
  if (values["api-url"] !== undefined && region !== undefined)
    throw new UsageError("--api-url and --region exclude each other");
  if (region !== undefined && !isOneOf(REGIONS, region)) {
    throw new UsageError(`--region must be one of ${REGIONS.join(", ")}, not ${region}`);
  }
  if (format !== undefined && !isOneOf(FORMATS, format)) {
    throw new UsageError(`--format must be ${FORMATS.join(" or ")}, not ${format}`);
  }
  if (report !== undefined && !/\.(csv|jsonl)$/i.test(report)) {
    throw new UsageError(`--report must be a file whose name ends in .csv or .jsonl, not ${report}`);
  }
  if (
    concurrency !== undefined &&
    !(/^\d{1,2}$/.test(concurrency) && Number(concurrency) >= 1 && Number(concurrency) <= 64)
  ) {
    throw new UsageError(`--concurrency must be a whole number from 1 to 64, not ${concurrency}`);
  }
  if (settle !== undefined && !(/^\d{1,3}(\.\d{1,3})?$/.test(settle) && Number(settle) <= 600)) {
    throw new UsageError(`--settle must be a number of seconds up to 600, not ${settle}`);
  }
  return {
    print,
    file,
    format,
    region,
    apiUrl,
    report,
    apply: values.apply ?? false,
    assumeConfirmed: values["assume-confirmed"] ?? false,
    yes: values.yes ?? false,
    concurrency: concurrency === undefined ? undefined : Number(concurrency),
    settle: settle === undefined ? undefined : Number(settle),
    journal: values.journal,
  };
}

/** Returns the text of `--help`. */
export function helpText(): string {
  const rows = Object.entries<{ help: string; takes?: string | undefined }>(OPTIONS).map(([name, option]) => [
    `--${name}${option.takes === undefined ? "" : ` <${option.takes}>`}`,
    option.help,
  ]);
  const width = Math.max(...rows.map(([name = ""]) => name.length));
  return [
    "Usage: authsignal-migrate-authy [options] <file>",
    "",
    "Moves the users of an Authy application to Authsignal. Confirmed users get their number as a verified SMS",
    "authenticator, the others get it unverified, and no message is sent to users. Run it without --apply first.",
    "",
    "The file is CSV with a header, or JSON lines, in UTF-8. Its columns: user_id (your own id), authy_id, email,",
    "country_code, cellphone (or e164), confirmed; if you have them, registered, account_disabled, has_hard_token, locale.",
    "",
    ...rows.map(([name = "", help = ""]) => `  ${name.padEnd(width)}  ${help}`),
    "",
    "Environment:",
    "  AUTHSIGNAL_SECRET_KEY  the Server API secret key of the tenant, needed with --apply",
    "  AUTHSIGNAL_API_URL     as --api-url",
    "",
    "Exit codes: 0 done; 1 it could not start or go on; 2 the command line is wrong; 3 some users failed, run it again;",
    "130 stopped with Ctrl+C (143 by SIGTERM), run it again to go on. A second Ctrl+C ends it at once.",
    "",
  ].join("\n");
}

function valuesOf(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    const [problem = "", ...advice] = messageOf(error).split(/\. |\n/);
    const name = /^Option '(?:-\w, )?(--[\w-]+)/.exec(problem)?.[1] ?? "";
    if (/ambiguous/.test(problem) && advice.length > 0) {
      const value = argv[argv.indexOf(name) + 1];
      throw new UsageError(`${name} needs a value, and ${value} is an option. See authsignal-migrate-authy --help`);
    }
    throw new UsageError(`${problem}. See authsignal-migrate-authy --help`);
  }
}

function isOneOf<Text extends string>(all: readonly Text[], text: string): text is Text {
  return all.some((one) => one === text);
}
