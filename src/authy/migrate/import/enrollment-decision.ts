import type { User, UserAttributes, UserAuthenticator } from "../../../authsignal/types.ts";
import type { Task } from "./plan.ts";
import type { MigrationNote, SkipReason } from "./types.ts";

/** What Authsignal knows of a user. */
export interface AuthsignalState {
  readonly user: User;
  readonly authenticators: readonly UserAuthenticator[];
}

/** What to do about a user. */
export type EnrollmentDecision =
  | { readonly reason: SkipReason; readonly explanation: string }
  | {
      readonly outcome: "enrolled" | "alreadyEnrolled" | "unverified";
      /** Whether the user has nothing enrolled that a challenge could start with. */
      readonly isFirst: boolean;
      /** What to change about the user. */
      readonly changes: UserAttributes;
      readonly notes: readonly MigrationNote[];
    };

/**
 * Decides about a user without changing what they have at Authsignal already, be it enrolled, verified or just known.
 * Marking a number as verified would move what is enrolled to it.
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
  const isTheirs = isSame(user.phoneNumber, phoneNumber);
  const isVerified = user.phoneNumberVerified === true;

  if (!isEnrolled && others.length > 0) {
    return { reason: "other_number_enrolled", explanation: "the user has enrolled another number at Authsignal" };
  }
  if (!isEnrolled && hasNumber && !isTheirs && isVerified) {
    return { reason: "other_number_verified", explanation: "the user has another, verified number at Authsignal" };
  }
  if (!isEnrolled && !task.enrolls && hasNumber && !isTheirs) {
    return { reason: "other_number_known", explanation: "the user has another number at Authsignal" };
  }
  if (!isEnrolled && !task.enrolls && isTheirs && isVerified) {
    return { reason: "number_verified", explanation: "the number is verified at Authsignal already" };
  }

  const notes: MigrationNote[] = [...task.notes];
  // It is not enrolled once more: it would be there twice.
  if (isEnrolled && same.every(({ verifiedAt }) => verifiedAt === undefined)) notes.push("never_verified");
  const changes: UserAttributes = {};
  if (task.enrolls && ((hasNumber && !isTheirs) || others.length > 0)) notes.push("phone_number_kept");
  else if (task.enrolls && !(isTheirs && isVerified))
    Object.assign(changes, { phoneNumber, phoneNumberVerified: true });
  else if (!isEnrolled && !hasNumber) Object.assign(changes, { phoneNumber, phoneNumberVerified: false });
  addDetails(changes, notes, task, user);
  const outcome = isEnrolled ? "alreadyEnrolled" : task.enrolls ? "enrolled" : "unverified";
  return { outcome, isFirst: authenticators.length === 0, changes, notes };
}

/** Adds what the user has not got. */
function addDetails(changes: UserAttributes, notes: MigrationNote[], task: Task, user: User): void {
  const { email, authyId, locale } = task;
  if (email && !user.email) Object.assign(changes, { email, emailVerified: false });
  else if (email && email.toLowerCase() !== user.email?.toLowerCase()) notes.push("email_kept");
  if (locale && !user.locale) changes.locale = locale;
  const known = user.custom?.authyId;
  if (authyId && (known === undefined || known === null)) changes.custom = { ...user.custom, authyId };
  else if (authyId && String(known) !== authyId) notes.push("authy_id_kept");
}

/** Whether two numbers are the same, however they are written. */
function isSame(one: string | undefined, other: string): boolean {
  return one?.replace(/[^\d+]/g, "") === other;
}
