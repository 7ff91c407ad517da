/**
 * Migrates code and users from Authy to Authsignal.
 *
 * @packageDocumentation
 */
import type { MigrationOptions, MigrationReport } from "./import/types.ts";

export { AuthyError, type AuthyErrorCode } from "../error.ts";
export type { BridgeOneTouch, BridgeSentApprovalRequest } from "./bridge/one-touch.ts";
export type { AuthyBridgeOptions } from "./bridge/options.ts";
export type { BridgePhones } from "./bridge/phones.ts";
export type { BridgeTokens } from "./bridge/tokens.ts";
export type { BridgeApps, BridgeDevices, BridgeStats } from "./bridge/unsupported-resources.ts";
export type { BridgeCreateUserRequest, BridgeUsers } from "./bridge/users.ts";
export { type AuthyBridge, createAuthyBridge } from "./bridge.ts";
export { MigrationError } from "./import/error.ts";
export type {
  MigratedRow,
  MigrationFormat,
  MigrationNote,
  MigrationOptions,
  MigrationOutcome,
  MigrationProgress,
  MigrationReport,
  SkipReason,
} from "./import/types.ts";

/**
 * Imports the users of an Authy application into Authsignal: confirmed ones get their number as a verified SMS
 * authenticator, and no message is sent to users. Data that a user has at Authsignal already is never changed. Without
 * `apply`, nothing is sent. The import needs Node, unlike the rest of this entry.
 *
 * When the process was killed, run it again: the journal records what was done, and no user is enrolled twice.
 *
 * @throws MigrationError when it cannot start or continue; its `report` holds what was done until then.
 */
export async function migrateAuthyUsers(options: MigrationOptions): Promise<MigrationReport> {
  const { migrateAuthyUsers: migrate } = await import("./import/migrate.ts");
  return migrate(options);
}
