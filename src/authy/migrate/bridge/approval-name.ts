import { idOf } from "./accounts.ts";

/** What the name of an approval request carries, so that nothing need be kept of it. */
export interface ApprovalName {
  readonly authyId: number;
  /** How long the user has to decide; 0 for ever. */
  readonly secondsToExpire: number;
}

/** The longest time to decide that has room in a name, in seconds: 68 years. */
export const LONGEST_EXPIRY = 2 ** 31 - 1;

/** A UUID of version 8, which is for whatever its maker puts into it (RFC 9562, section 5.8). */
const OURS = /^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

/**
 * Makes a name: a UUID, so that it fits where Authy's were kept, of the id (51 bits), the seconds (31) and chance (40). All of
 * it names the action in Authsignal, so that whoever changes a bit of it names nothing.
 */
export function newApprovalName({ authyId, secondsToExpire }: ApprovalName): string {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  const chance = (BigInt(high) << 8n) | BigInt(low & 0xff);
  const payload = (BigInt(authyId) << 71n) | (BigInt(secondsToExpire) << 40n) | chance;
  const version = ((payload >> 74n) << 80n) | (8n << 76n) | (bits(payload >> 62n, 12n) << 64n);
  const hex = (version | (2n << 62n) | bits(payload, 62n)).toString(16).padStart(32, "0");
  return hex.replace(/^(.{8})(....)(....)(....)/, "$1-$2-$3-$4-");
}

/** Reads a name; undefined when it is none that is made here. */
export function readApprovalName(uuid: string): ApprovalName | undefined {
  if (!OURS.test(uuid)) return undefined;
  const number = BigInt(`0x${uuid.replaceAll("-", "")}`);
  const payload = ((number >> 80n) << 74n) | (bits(number >> 64n, 12n) << 62n) | bits(number, 62n);
  const authyId = idOf(payload >> 71n);
  return authyId === undefined ? undefined : { authyId, secondsToExpire: Number(bits(payload >> 40n, 31n)) };
}

/** The lowest bits of a number. */
function bits(number: bigint, count: bigint): bigint {
  return number & ((1n << count) - 1n);
}
