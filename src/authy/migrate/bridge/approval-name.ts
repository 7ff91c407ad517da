import { idOf } from "./accounts.ts";

/** The data in the UUID of an approval request, so that the bridge need not store it. */
export interface ApprovalName {
  readonly authyId: number;
  /** How long the user has to decide, in seconds; 0 for no limit. */
  readonly secondsToExpire: number;
}

/** The longest time to decide that fits into a UUID, in seconds: 68 years. */
export const LONGEST_EXPIRY = 2 ** 31 - 1;

/** A UUID of version 8, whose content is free (RFC 9562, section 5.8). */
const UUID_8 = /^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

/**
 * Creates the UUID of an approval request, because databases of callers have columns for the UUIDs of Authy. It holds 51 bits of
 * the id, 31 bits of the seconds and 40 random bits. The UUID is the idempotency key of the action in Authsignal, so no action is found for a UUID with a changed bit.
 */
export function newApprovalName({ authyId, secondsToExpire }: ApprovalName): string {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  const random = (BigInt(high) << 8n) | BigInt(low & 0xff);
  const payload = (BigInt(authyId) << 71n) | (BigInt(secondsToExpire) << 40n) | random;
  const version = ((payload >> 74n) << 80n) | (8n << 76n) | (bits(payload >> 62n, 12n) << 64n);
  const hex = (version | (2n << 62n) | bits(payload, 62n)).toString(16).padStart(32, "0");
  return hex.replace(/^(.{8})(....)(....)(....)/, "$1-$2-$3-$4-");
}

/** Reads the data in a UUID of the bridge; undefined for any other UUID. */
export function readApprovalName(uuid: string): ApprovalName | undefined {
  if (!UUID_8.test(uuid)) return undefined;
  const number = BigInt(`0x${uuid.replaceAll("-", "")}`);
  const payload = ((number >> 80n) << 74n) | (bits(number >> 64n, 12n) << 62n) | bits(number, 62n);
  const authyId = idOf(payload >> 71n);
  return authyId === undefined ? undefined : { authyId, secondsToExpire: Number(bits(payload >> 40n, 31n)) };
}

/** Returns the lowest bits of a number. */
function bits(number: bigint, count: bigint): bigint {
  return number & ((1n << count) - 1n);
}
