import fc from "fast-check";
import { actionKinds } from "./action-commands.ts";
import { challengeKinds } from "./challenge-commands.ts";
import type { Command, Kind } from "./command.ts";
import { pageKinds } from "./page-commands.ts";
import { peopleKinds } from "./people-commands.ts";
import { sessionKinds } from "./session-commands.ts";
import { callKinds, momentKinds, reopenKind, ruleKinds } from "./world-commands.ts";

/** Kinds of commands, and how likely each of them is. */
const GROUPS: readonly { readonly kinds: readonly Kind[]; readonly weight: number }[] = [
  { kinds: peopleKinds, weight: 3 },
  { kinds: actionKinds, weight: 4 },
  { kinds: challengeKinds, weight: 4 },
  { kinds: pageKinds, weight: 8 },
  { kinds: sessionKinds, weight: 4 },
  { kinds: ruleKinds, weight: 3 },
  { kinds: momentKinds, weight: 1 },
  { kinds: callKinds, weight: 1 },
];

/** Which invariants read everything, after each command. */
const READ = ["getUser", "getAuthenticators", "queryUserActions", "getDevices", "validateSession"];

/** The names of all operations that the commands call. */
export const MODELLED: ReadonlySet<string> = new Set([
  ...READ,
  ...GROUPS.flatMap(({ kinds }) => kinds.flatMap(({ operations }) => operations)),
]);

/**
 * Sequences of commands.
 * @param isKept Whether the emulator has a file, so that it may be closed and opened again on the way.
 */
export function sequences(isKept: boolean): fc.Arbitrary<Iterable<Command>> {
  const groups = isKept ? [...GROUPS, { kinds: [reopenKind], weight: 4 }] : GROUPS;
  const weighted = groups.flatMap(({ kinds, weight }) =>
    kinds.map(({ commands: arbitrary }) => ({ weight, arbitrary })),
  );
  return fc.commands([fc.oneof(...weighted)], { maxCommands: 100, size: "max" });
}
