import type { MigratedRow, MigrationReport } from "../import/types.ts";

/** How much of an id is shown, in characters. */
const LONGEST_ID = 100;

/** What a person wants to know in the end. */
export function summary(report: MigrationReport): string {
  const { applied, read, skippedBy, notes, earlier } = report;
  const rows: [string, number][] = [
    [applied ? "enrolled" : "to enrol", report.enrolled],
    ["enrolled before", report.alreadyEnrolled],
    [applied ? "unverified, with their number" : "unverified, to get their number", report.unverified],
    ["duplicates", report.duplicates],
    ["skipped", report.skipped],
    ...indented(skippedBy),
    ["failed", report.failed],
    ["not come to", report.remaining],
  ];
  const noted = Object.entries(notes);
  return [
    `${read} rows read${earlier > 0 ? `, of which ${earlier} were done by an earlier run` : ""}`,
    ...table(rows.filter(([name, count]) => count > 0 || name.endsWith("enrol") || name === "enrolled")),
    ...(noted.length > 0 ? ["Notes", ...table(noted)] : []),
    "",
  ].join("\n");
}

/** A row that needs a look, in a line. */
export function lineOf({ line, userId, outcome, reason, explanation, notes }: MigratedRow): string {
  const why = [reason, ...notes].filter(Boolean).join(", ");
  return `line ${line}: ${shortId(userId ?? "(no user id)")} ${outcome}${why && ` (${why})`}${explanation ? `: ${visible(explanation)}` : ""}\n`;
}

/** Why `--assume-confirmed` is dangerous. */
export function warning(count: number): string {
  return [
    "",
    `WARNING: ${count} of these users never entered a code that was sent to their number.`,
    "--assume-confirmed enrols these numbers as if they had. Whoever holds such a number, because it was mistyped, given",
    "up and given to somebody else, or typed in by an attacker, can then confirm as that user. Leave it out, and they",
    "set up their number themselves when they sign in next.",
    "",
    "",
  ].join("\n");
}

function indented(counts: MigrationReport["skippedBy"]): [string, number][] {
  return Object.entries(counts).map(([name, count]) => [`  ${name}`, count]);
}

function table(rows: readonly [string, number][]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  const digits = Math.max(...rows.map(([, count]) => `${count}`.length));
  return rows.map(([name, count]) => `  ${name.padEnd(width)}  ${`${count}`.padStart(digits)}`);
}

/** An id that cannot steer what shows it, and leaves room for the rest. */
export function shortId(userId: string): string {
  const text = visible(userId);
  return text.length > LONGEST_ID ? `${text.slice(0, LONGEST_ID)}…` : text;
}

/** A text that cannot steer what shows it. */
export function visible(text: string): string {
  return text.replace(/\p{C}/gu, "?");
}
