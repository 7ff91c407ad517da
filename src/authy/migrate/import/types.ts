import type { Authsignal } from "../../../authsignal/authsignal.ts";

/** What to migrate, and how. */
export interface MigrationOptions {
  /** Where the users go. Needed with `apply` only. Its own retries are not used: the migration has its own. */
  authsignal?: Authsignal | undefined;
  /** The export of your users, encoded as UTF-8. */
  file: string;
  /** How the file is written. Default: by its name, of which `.jsonl` and `.ndjson` mean JSON lines and others CSV. */
  format?: MigrationFormat | undefined;
  /** Whether to do it. Default false: everything is read and checked, and nothing is sent. */
  apply?: boolean | undefined;
  /**
   * Enrolls the numbers of unconfirmed users too. Whoever holds such a number, be it mistyped, given up or a stranger's,
   * can then confirm as that user. Default false.
   */
  assumeConfirmed?: boolean | undefined;
  /** How many users are worked on at once, from 1 to 64. Default 8. */
  concurrency?: number | undefined;
  /** The file that remembers what was done, so that a killed migration goes on. Default: `file` with `.journal` behind it. */
  journal?: string | undefined;
  /**
   * How long an enrollment whose answer was lost may still be under way, in ms: it is looked for until then, and only
   * then tried again. Default 30,000.
   */
  settleTime?: number | undefined;
  /** Told the fate of each row of the file, once. */
  onRow?: ((row: MigratedRow) => void) | undefined;
  /** Told whenever a user is finished, an answer is lost, or the service asks to wait. */
  onProgress?: ((progress: MigrationProgress) => void) | undefined;
  /** Stops the migration: no user is begun any more, those under way are finished, and the report tells what remains. */
  signal?: AbortSignal | undefined;
}

/** How an export is written. */
export type MigrationFormat = "csv" | "jsonl";

/** What became of a row, or would become of it when nothing is applied. */
export type MigrationOutcome =
  /** The number is now a verified SMS authenticator of the user. */
  | "enrolled"
  /** It was one before. */
  | "alreadyEnrolled"
  /** The user is unconfirmed and has the number now, unverified. */
  | "unverified"
  /** Another row of the same user counts. */
  | "duplicate"
  /** The row cannot be used, or the user must not be touched; `reason` says why. */
  | "skipped"
  /** The service did not take it. The next run tries again. */
  | "failed";

/** Why a row is skipped. Nothing of its user is changed. */
export type SkipReason =
  /** It is no JSON object, has not as many cells as the header, or names something twice. */
  | "unreadable_row"
  | "user_id_missing"
  | "user_id_invalid"
  | "phone_number_missing"
  /** No such number can exist, or `e164` and `cellphone` differ. */
  | "phone_number_invalid"
  /** A spreadsheet has turned a number into one such as `4.15555E+09`. */
  | "spreadsheet_number"
  /** Neither yes nor no, or a JSON object without `confirmed`. */
  | "unclear_value"
  | "account_disabled"
  /** The user has several confirmed rows with different numbers, or the Authy id has: one is out of date. */
  | "conflicting_numbers"
  /** The user has another number enrolled at Authsignal. */
  | "other_number_enrolled"
  /** The user has another, verified number at Authsignal. */
  | "other_number_verified"
  /** The user is unconfirmed and has another number at Authsignal. */
  | "other_number_known"
  /** The user is unconfirmed, but has the same number at Authsignal, verified. */
  | "number_verified";

/** What is worth knowing of a row that was not skipped. */
export type MigrationNote =
  /** Other users have the same number. */
  | "shared_number"
  /** The number begins with the country code, and could do without it: see whether it is in it twice. */
  | "may_hold_country_code"
  /** The whole number had no plus sign, and no country code beside it that says how it begins. */
  | "plus_sign_added"
  /** The user has a hard token, which cannot be moved. */
  | "hard_token"
  /** The user has the Authy app, whose tokens cannot be moved. */
  | "authy_app"
  /** The user is enrolled on your word only: see `assumeConfirmed`. */
  | "assumed_confirmed"
  /** The address cannot be one, and is left out. */
  | "email_ignored"
  /** The Authy id is no number or zero, and is left out. */
  | "authy_id_ignored"
  /** The locale is no language tag, and is left out. */
  | "locale_ignored"
  /** The user has enrolled the number at Authsignal before, and has never entered a code there. */
  | "never_verified"
  /** The user has another address at Authsignal, which stays. */
  | "email_kept"
  /** The user has another number in the profile at Authsignal, which stays. */
  | "phone_number_kept"
  /** The user has another Authy id at Authsignal, which stays. */
  | "authy_id_kept";

/** The fate of a row. It holds no phone number and no address. */
export interface MigratedRow {
  /** The line of the file on which the row ends. */
  line: number;
  /** The user, as far as the row tells. */
  userId: string | undefined;
  /** What became of it; in a dry run, what would become of it as far as the file alone tells. */
  outcome: MigrationOutcome;
  /** Of a skipped row, a `SkipReason`; of one that failed, the error's code. */
  reason: string | undefined;
  /** The reason in words. */
  explanation: string | undefined;
  /** What is worth knowing of a row that was not skipped. */
  notes: readonly MigrationNote[];
}

/** How far the migration is. */
export interface MigrationProgress {
  /** Users that are finished. */
  finished: number;
  /** Users to finish. */
  total: number;
  /** Users of whom it is not known yet whether they were enrolled: their answer was lost, and `settleTime` is not over. */
  unanswered: number;
  /** When the service wants to be asked again, in ms since 1970; undefined when it does not ask to wait. */
  pausedUntil: number | undefined;
}

/**
 * What was done, or would be done. `read` is the sum of `enrolled`, `alreadyEnrolled`, `unverified`, `duplicates`,
 * `skipped`, `failed` and `remaining`.
 */
export interface MigrationReport {
  /** False when nothing was sent and the numbers tell what would be done, as far as the file alone says. */
  applied: boolean;
  /** Whether it was stopped before its end. */
  interrupted: boolean;
  /** Rows of the file. */
  read: number;
  /** Users whose number was enrolled, by this run or an earlier one with the same journal. */
  enrolled: number;
  /** Users whose number was enrolled before. */
  alreadyEnrolled: number;
  /** Unconfirmed users who have their number unverified. */
  unverified: number;
  /** Rows for which another row of the same user counts. */
  duplicates: number;
  /** Rows that cannot be used, or whose user must not be touched; `skippedBy` tells why. */
  skipped: number;
  /** Users whom the service did not take; the next run tries them again. */
  failed: number;
  /** Rows that were not come to. */
  remaining: number;
  /** How many of all that an earlier run did. */
  earlier: number;
  /** The skipped rows by reason. */
  skippedBy: Partial<Record<SkipReason, number>>;
  /** How many rows have which note. */
  notes: Partial<Record<MigrationNote, number>>;
}
