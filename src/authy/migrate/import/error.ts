import { nameClass } from "../../../errors.ts";
import { fieldOf } from "../../../platform/fields.ts";
import type { MigrationReport } from "./types.ts";

/** The migration cannot start or continue. The message says what to change; then run it again, and it continues where it was. */
export class MigrationError extends Error {
  static {
    nameClass(MigrationError, "MigrationError");
  }

  /** What was done until then; undefined when the migration had not started. */
  report: MigrationReport | undefined;
}

/** The migration was stopped while it waited. */
export class Interrupted extends Error {}

/** Returns the message of an error. Errors of the file system are of another realm under Jest. */
export function messageOf(error: unknown): string {
  return String(fieldOf(error, "message") ?? error);
}
