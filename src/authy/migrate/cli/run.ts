import { version } from "../../../../generated/version.ts";
import { Authsignal } from "../../../authsignal/authsignal.ts";
import { MigrationError, messageOf } from "../import/error.ts";
import { migrateAuthyUsers } from "../import/migrate.ts";
import type { MigratedRow, MigrationOptions, MigrationReport } from "../import/types.ts";
import { type Arguments, helpText, parseArguments, UsageError } from "./arguments.ts";
import { showProgress, type TextOutput } from "./progress.ts";
import { needsReview, ReportFile } from "./report-file.ts";
import { counted, rowLine, summary, warning } from "./texts.ts";

/** The terminal and the environment of the command. */
export interface Io {
  readonly out: (text: string) => unknown;
  readonly err: TextOutput;
  readonly env: NodeJS.ProcessEnv;
  /** Aborted to stop the migration. */
  readonly stop: AbortSignal;
  /** Asks the person at the terminal; returns undefined without a terminal. */
  readonly ask: (question: string) => Promise<string | undefined>;
}

/** The exit code of a migration that was stopped. */
export const STOPPED = 130;

const KEY = "AUTHSIGNAL_SECRET_KEY";
/** How many skipped and failed rows are printed at most. */
const MOST_ROWS = 20;

/**
 * Runs the command.
 * @param argv The arguments of the command line.
 * @returns The exit code: 0 when everything was done, 1 when the migration could not start or continue, 2 when the command line
 * is wrong, 3 when some users failed, 130 when it was stopped.
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  try {
    const given = parseArguments(argv, io.env);
    if (given.print) io.out(given.print === "help" ? helpText() : `${version}\n`);
    else return await migrate(given, io);
    return 0;
  } catch (error) {
    io.err.write(`authsignal-migrate-authy: ${messageOf(error)}\n`);
    if (error instanceof MigrationError && error.report) io.out(summary(error.report));
    return error instanceof UsageError ? 2 : 1;
  }
}

async function migrate(given: Arguments, io: Io): Promise<number> {
  const { file, format, apply, assumeConfirmed, concurrency, settle, journal, report: reportFile } = given;
  const options: MigrationOptions = {
    authsignal: apply ? clientOf(given, io.env) : undefined,
    file,
    format,
    assumeConfirmed,
    concurrency,
    journal,
    settleTime: settle === undefined ? undefined : settle * 1_000,
    signal: io.stop,
  };
  if (assumeConfirmed) await confirmAssumed(options, given, io);

  const rows =
    reportFile === undefined ? undefined : new ReportFile(reportFile, apply, [file, journal ?? `${file}.journal`]);
  const progress = showProgress(io.err);
  const shown: MigratedRow[] = [];
  let needingReview = 0;
  let report: MigrationReport;
  try {
    report = await migrateAuthyUsers({
      ...options,
      apply,
      onProgress: progress.show,
      onRow(row) {
        if (!needsReview(row)) return;
        needingReview += 1;
        if (row.reason !== undefined && shown.length < MOST_ROWS) shown.push(row);
        rows?.add(row);
      },
    });
    rows?.finish();
  } finally {
    progress.end();
    rows?.close();
  }
  for (const row of shown) io.out(rowLine(row));
  if (needingReview > shown.length) {
    const where = reportFile === undefined ? "write them into a file with --report" : `see ${reportFile}`;
    const more = counted(needingReview - shown.length, shown.length > 0 ? "more row" : "row");
    io.out(`${more} to look at: ${where}\n`);
  }
  io.out(summary(report));
  io.out(nextStep(report));
  if (report.remaining > 0) return STOPPED;
  return report.failed > 0 ? 3 : 0;
}

/** Warns of `--assume-confirmed`, and asks for a confirmation. @throws UsageError without one. */
async function confirmAssumed(options: MigrationOptions, { apply, yes }: Arguments, { err, ask }: Io): Promise<void> {
  const { notes } = await migrateAuthyUsers(options);
  const count = notes.assumed_confirmed ?? 0;
  if (count === 0) return;
  err.write(warning(count));
  if (!apply || yes) return;
  const answer = await ask(`Type ${count} to enroll ${count === 1 ? "this user" : `these ${count} users`}: `);
  if (answer === undefined) throw new UsageError("--assume-confirmed with --apply needs --yes without a terminal");
  if (answer.trim() !== `${count}`) throw new UsageError("Nothing was done");
}

function clientOf({ region, apiUrl }: Arguments, env: NodeJS.ProcessEnv): Authsignal {
  const apiSecretKey = env[KEY]?.trim() ?? "";
  if (apiSecretKey === "") {
    throw new UsageError(`Set ${KEY} to the Server API secret key of the tenant: an option could be seen by others`);
  }
  try {
    return new Authsignal({ apiSecretKey, ...(apiUrl === undefined ? { region } : { apiUrl }) });
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}

function nextStep({ applied, failed, remaining }: MigrationReport): string {
  if (!applied) return "Nothing was sent. Add --apply to do it.\n";
  if (remaining > 0) return "Stopped. Run the same command again to go on.\n";
  return failed > 0 ? "Run the same command again to try those that failed once more.\n" : "Done.\n";
}
