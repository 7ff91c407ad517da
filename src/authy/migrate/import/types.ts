import type { Authsignal } from "../../../authsignal/authsignal.ts";

/** Options of the migration. */
export interface MigrationOptions {
  /** The client of the tenant that gets the users. Needed with `apply` only. Its retries are not used: the migration has its own. */
  authsignal?: Authsignal | undefined;
  /** The export of your users, encoded as UTF-8. */
  file: string;
  /** The format of the file. Default: by its name, of which `.jsonl` and `.ndjson` mean JSON lines and others CSV. */
  format?: MigrationFormat | undefined;
  /** Whether to send anything. Default false: the file is read and checked only. */
  apply?: boolean | undefined;
  /**
   * Enrolls the numbers of unconfirmed users too. The holder of such a number, which may be mistyped, given up or that of a
   * stranger, can then confirm as that user. Default false.
   */
  assumeConfirmed?: boolean | undefined;
  /** How many users are migrated at once, from 1 to 64. Default 8. */
  concurrency?: number | undefined;
  /** The file that records what was done, so that a killed migration can continue. Default: `file` with `.journal` appended. */
  journal?: string | undefined;
  /**
   * How long an enrollment whose response was lost may still be pending, in ms. Only after that it is retried, if the user does
   * not have it by then. Default 30,000.
   */
  settleTime?: number | undefined;
  /** Called once with the outcome of each row of the file. */
  onRow?: ((row: MigratedRow) => void) | undefined;
  /** Called whenever a user is finished, a response is lost, or the service asks to wait. */
  onProgress?: ((progress: MigrationProgress) => void) | undefined;
  /** Stops the migration: no further user is started, pending ones are finished, and the report says what remains. */
  signal?: AbortSignal | undefined;
}

/** The format of an export. */
export type MigrationFormat = "csv" | "jsonl";

/** The outcome of a row, or the expected one without `apply`. */
export type MigrationOutcome =
  /** The number is now a verified SMS authenticator of the user. */
  | "enrolled"
  /** The number was one before. */
  | "alreadyEnrolled"
  /** The user is unconfirmed and has the number now, unverified. */
  | "unverified"
  /** Another row of the same user counts. */
  | "duplicate"
  /** The row cannot be used, or the user must not be changed; `reason` says why. */
  | "skipped"
  /** The service returned an error. The next run tries again. */
  | "failed";

/** Why a row is skipped. Its user is not changed. */
export type SkipReason =
  /** The row is not a JSON object, has not as many cells as the header, or has a column twice. */
  | "unreadable_row"
  | "user_id_missing"
  | "user_id_invalid"
  | "phone_number_missing"
  /** No such number can exist, or `e164` and `cellphone` differ. */
  | "phone_number_invalid"
  /** A spreadsheet has turned a number into one such as `4.15555E+09`. */
  | "spreadsheet_number"
  /** A value is neither true nor false, or a JSON object has no `confirmed`. */
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

/** A note on a row that was not skipped. */
export type MigrationNote =
  /** Other users have the same number. */
  | "shared_number"
  /** The number begins with the country code, and is possible without it: check whether it holds the code twice. */
  | "may_hold_country_code"
  /** The whole number had no plus sign, and no country code beside it that says how it begins. */
  | "plus_sign_added"
  /** The user has a hard token, which cannot be moved. */
  | "hard_token"
  /** The user has the Authy app, whose tokens cannot be moved. */
  | "authy_app"
  /** The user is enrolled without a verified number: see `assumeConfirmed`. */
  | "assumed_confirmed"
  /** The e-mail address is invalid, and is left out. */
  | "email_ignored"
  /** The Authy id is not a number, or zero, and is left out. */
  | "authy_id_ignored"
  /** The locale is not a language tag, and is left out. */
  | "locale_ignored"
  /** The user has enrolled the number at Authsignal before, and has never entered a code there. */
  | "never_verified"
  /** The user has another address at Authsignal, which stays. */
  | "email_kept"
  /** The user has another number in the profile at Authsignal, which stays. */
  | "phone_number_kept"
  /** The user has another Authy id at Authsignal, which stays. */
  | "authy_id_kept";

/** A row and its outcome, without phone number and address. */
export interface MigratedRow {
  /** The line of the file on which the row ends. */
  line: number;
  /** The user id, if the row has one that can be read. */
  userId: string | undefined;
  /** The outcome; without `apply`, the expected one as far as the file alone tells. */
  outcome: MigrationOutcome;
  /** Of a skipped row, a `SkipReason`; of one that failed, the error's code. */
  reason: string | undefined;
  /** The reason as a sentence. */
  explanation: string | undefined;
  /** The notes on a row that was not skipped. */
  notes: readonly MigrationNote[];
}

/** The progress of the migration. */
export interface MigrationProgress {
  /** Users that are finished. */
  finished: number;
  /** Users to finish. */
  total: number;
  /** Users whose enrollment may still be pending: its response was lost, and `settleTime` is not over. */
  unanswered: number;
  /** The end of the pause that the service asks for, in ms since 1970; undefined without a pause. */
  pausedUntil: number | undefined;
}

/**
 * The counts of the migration. `read` is the sum of `enrolled`, `alreadyEnrolled`, `unverified`, `duplicates`,
 * `skipped`, `failed` and `remaining`.
 */
export interface MigrationReport {
  /** False without `apply`: nothing was sent, and the counts are expected ones as far as the file alone tells. */
  applied: boolean;
  /** Whether the migration was stopped before its end. */
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
  /** Rows that cannot be used, or whose user must not be changed; `skippedBy` has the reasons. */
  skipped: number;
  /** Users for whom the service returned an error. The next run tries again. */
  failed: number;
  /** Rows that were not reached. */
  remaining: number;
  /** How many of the rows an earlier run finished. */
  earlier: number;
  /** The skipped rows by reason. */
  skippedBy: Partial<Record<SkipReason, number>>;
  /** The rows by note. */
  notes: Partial<Record<MigrationNote, number>>;
}
