import { createHmac } from "node:crypto";
import fc from "fast-check";
import { LATE, UNREACHABLE } from "./codes.ts";

// Few of each, so that the same ones meet again and again; and some that are hard to keep.

export const USERS = ["jo", "auth0|ä/1 %2F", "__proto__"] as const;
export const ACTIONS = ["signIn", "withdraw"] as const;
export const KEYS = ["1", "2", "3", "k/4 ü"] as const;

export const user = fc.constantFrom("jo", ...USERS);
export const action = fc.constantFrom(...ACTIONS);
export const key = fc.constantFrom(...KEYS);
export const email = fc.constantFrom("jo@example.com", "mo@example.com");
export const phone = fc.constantFrom("+64270000000", "+64270000000", "+64270000001", UNREACHABLE, LATE);
export const device = fc.constantFrom("phone", "a/ü");
export const credential = fc.constantFrom("Y3JlZC1vbmU", "Y3JlZC10d28");
export const client = fc.constantFrom("app", "app", "web");
export const amount = fc.constantFrom(1, 2);

/** Which of the things that were given out, counted from the newest. */
export const pick = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat(9) });

export function picked<T>(things: readonly T[], pick: number): T | undefined {
  return things.at(-1 - (pick % Math.max(things.length, 1)));
}

/** What may have been done to a token. */
export const forgery = fc.oneof(
  { weight: 8, arbitrary: fc.constant("none" as const) },
  { weight: 1, arbitrary: fc.constantFrom("changed" as const, "unsigned" as const, "resigned" as const) },
);
export type Forgery = "none" | "changed" | "unsigned" | "resigned";

/** A token after a forger had it, and the place at which they change it. */
export function forge(token: string, forgery: Forgery, place: number): string {
  const [header = "", claims = ""] = token.split(".");
  switch (forgery) {
    case "none":
      return token;
    case "changed": {
      // The last character is spared: some of its bits mean nothing.
      const at = place % (token.length - 1);
      return `${token.slice(0, at)}${token[at] === "A" ? "B" : "A"}${token.slice(at + 1)}`;
    }
    case "unsigned":
      return `${Buffer.from('{"alg":"none","typ":"JWT"}').toString("base64url")}.${claims}.`;
    case "resigned":
      return `${header}.${claims}.${createHmac("sha256", "sk_emulator_c").update(`${header}.${claims}`).digest("base64url")}`;
  }
}
