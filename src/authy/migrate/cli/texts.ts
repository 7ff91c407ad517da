import type { MigratedRow, MigrationNote, MigrationReport } from "../import/types.ts";

const NOTES: Record<MigrationNote, string> = {
  shared_number: "other users have the same number",
  may_hold_country_code: "the number begins with the country code: is it in it twice?",
  plus_sign_added: "a whole number had no plus sign: does it begin with a country code?",
  hard_token: "the hard token cannot be moved",
  authy_app: "the tokens of the Authy app cannot be moved",
  assumed_confirmed: "enrolled on your word only",
  email_ignored: "left out an address that cannot be one",
  authy_id_ignored: "left out an Authy id that cannot be one",
  locale_ignored: "left out a locale that cannot be one",
  never_verified: "enrolled at Authsignal before, and never verified there",
  email_kept: "another address stays at Authsignal",
  phone_number_kept: "another number stays in the profile at Authsignal",
  authy_id_kept: "another Authy id stays at Authsignal",
};

/** The limit of a shown id, in characters. */
const LONGEST_ID = 100;

/** Returns the summary of a migration. */
export function summary(report: MigrationReport): string {
  const { applied, read, skippedBy, notes, earlier } = report;
  const rows: [string, number][] = [
    [applied ? "enrolled" : "to enroll", report.enrolled],
    ["enrolled before", report.alreadyEnrolled],
    [applied ? "unverified, with their number" : "unverified, to get their number", report.unverified],
    ["duplicates", report.duplicates],
    ["skipped", report.skipped],
    ...indented(skippedBy),
    ["failed", report.failed],
    ["not come to", report.remaining],
  ];
  const noted = Object.entries(NOTES).flatMap(([name, words]): [string, number, string][] => {
    const count = Object.entries(notes).find(([one]) => one === name)?.[1] ?? 0;
    return count > 0 ? [[name, count, words]] : [];
  });
  return [
    `${counted(read, "row")} read${earlier > 0 ? `, of which ${earlier} ${earlier === 1 ? "was" : "were"} done by an earlier run` : ""}`,
    ...table(rows.filter(([name, count]) => count > 0 || name.endsWith("enroll") || name === "enrolled")),
    ...(noted.length > 0 ? ["Notes", ...table(noted)] : []),
    "",
  ].join("\n");
}

/** Returns a count with its noun, such as `1 row`. */
export function counted(count: number, name: string): string {
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}

/** Returns the line of a row that needs a review. */
export function rowLine({ line, userId, outcome, reason, explanation, notes }: MigratedRow): string {
  const why = [reason, ...notes].filter(Boolean).join(", ");
  return `line ${line}: ${shortId(userId ?? "(no user id)")} ${outcome}${why && ` (${why})`}${explanation ? `: ${withoutControls(explanation)}` : ""}\n`;
}

/** Returns the warning of `--assume-confirmed`. */
export function warning(count: number): string {
  return [
    "",
    `WARNING: ${count} of these users never entered a code that was sent to their number.`,
    "--assume-confirmed enrolls these numbers as if they had. The holder of such a number, because it was mistyped, given",
    "up, or typed in by an attacker, can then confirm as that user. Without the option, these users set up their number",
    "when they sign in next.",
    "",
    "",
  ].join("\n");
}

function indented(counts: MigrationReport["skippedBy"]): [string, number][] {
  return Object.entries(counts).map(([name, count]) => [`  ${name}`, count]);
}

function table(rows: readonly [name: string, count: number, words?: string][]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  const digits = Math.max(...rows.map(([, count]) => `${count}`.length));
  return rows.map(([name, count, words]) => {
    const line = `  ${name.padEnd(width)}  ${`${count}`.padStart(digits)}`;
    return words === undefined ? line : `${line}  ${words}`;
  });
}

/** Returns a user id without control characters, cut after some length. */
export function shortId(userId: string): string {
  const text = withoutControls(userId);
  return text.length > LONGEST_ID ? `${text.slice(0, LONGEST_ID)}…` : text;
}

/** Returns a text without control characters, which a terminal would obey. */
export function withoutControls(text: string): string {
  return text.replace(/\p{C}/gu, "?");
}
