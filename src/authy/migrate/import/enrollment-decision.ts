import type { User, UserAttributes, UserAuthenticator } from "../../../authsignal/types.ts";
import type { Task } from "./plan.ts";
import type { MigrationNote, SkipReason } from "./types.ts";

/** The state of a user in Authsignal. */
export interface AuthsignalState {
  readonly user: User;
  readonly authenticators: readonly UserAuthenticator[];
}

/** What to do for a user: skip them for a reason, or reach an outcome. */
export type EnrollmentDecision =
  | { readonly reason: SkipReason; readonly explanation: string }
  | {
      readonly outcome: "enrolled" | "alreadyEnrolled" | "unverified";
      /** Whether the user has no authenticator yet, so that the new authenticator becomes the default. */
      readonly isFirst: boolean;
      /** The attributes to update. */
      readonly changes: UserAttributes;
      readonly notes: readonly MigrationNote[];
    };

/**
 * Decides what to do for a user so that no data at Authsignal changes, be it enrolled, verified or not. To mark another number
 * as verified would change the number of the enrolled authenticator.
 */
export function decideEnrollment(task: Task, { user, authenticators }: AuthsignalState): EnrollmentDecision {
  const { phoneNumber } = task;
  const withNumber = authenticators.filter(
    ({ verificationMethod }) => verificationMethod === "SMS" || verificationMethod === "WHATSAPP",
  );
  const others = withNumber.filter((one) => !isSame(one.phoneNumber, phoneNumber));
  const same = withNumber.filter((one) => one.verificationMethod === "SMS" && !others.includes(one));
  const isEnrolled = same.length > 0;
  const hasNumber = Boolean(user.phoneNumber);
  const isSameNumber = isSame(user.phoneNumber, phoneNumber);
  const isVerified = user.phoneNumberVerified === true;

  if (!isEnrolled && others.length > 0) {
    return { reason: "other_number_enrolled", explanation: "the user has enrolled another number at Authsignal" };
  }
  if (!isEnrolled && hasNumber && !isSameNumber && isVerified) {
    return { reason: "other_number_verified", explanation: "the user has another, verified number at Authsignal" };
  }
  if (!isEnrolled && !task.enrolls && hasNumber && !isSameNumber) {
    return { reason: "other_number_known", explanation: "the user has another number at Authsignal" };
  }
  if (!isEnrolled && !task.enrolls && isSameNumber && isVerified) {
    return { reason: "number_verified", explanation: "the number is verified at Authsignal already" };
  }

  const notes: MigrationNote[] = [...task.notes];
  // A second enrollment of the same number would add a second authenticator.
  if (isEnrolled && same.every(({ verifiedAt }) => verifiedAt === undefined)) notes.push("never_verified");
  const changes: UserAttributes = {};
  if (task.enrolls && ((hasNumber && !isSameNumber) || others.length > 0)) notes.push("phone_number_kept");
  else if (task.enrolls && !(isSameNumber && isVerified))
    Object.assign(changes, { phoneNumber, phoneNumberVerified: true });
  else if (!isEnrolled && !hasNumber) Object.assign(changes, { phoneNumber, phoneNumberVerified: false });
  addDetails(changes, notes, task, user);
  const outcome = task.enrolls ? "enrolled" : "unverified";
  return { outcome: isEnrolled ? "alreadyEnrolled" : outcome, isFirst: authenticators.length === 0, changes, notes };
}

/** Adds the details that the user lacks, and notes those that differ. */
function addDetails(changes: UserAttributes, notes: MigrationNote[], task: Task, user: User): void {
  const { email, authyId, locale } = task;
  if (email && !user.email) Object.assign(changes, { email, emailVerified: false });
  else if (email && email.toLowerCase() !== user.email?.toLowerCase()) notes.push("email_kept");
  if (locale && !user.locale) changes.locale = locale;
  const known = user.custom?.authyId;
  if (authyId && (known === undefined || known === null)) changes.custom = { ...user.custom, authyId };
  else if (authyId && String(known) !== authyId) notes.push("authy_id_kept");
}

/** Whether two numbers are equal, even if their formats differ. */
function isSame(one: string | undefined, other: string): boolean {
  return one?.replace(/[^\d+]/g, "") === other;
}
