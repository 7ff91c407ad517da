import fc from "fast-check";
import * as actions from "./action-commands.ts";
import * as challenges from "./challenge-commands.ts";
import type { Command, Kind } from "./command.ts";
import * as flows from "./flows.ts";
import * as pages from "./page-commands.ts";
import * as people from "./people-commands.ts";
import * as sessions from "./session-commands.ts";
import * as world from "./world-commands.ts";

/** How likely each kind of command is. */
const KINDS: readonly (readonly [weight: number, kind: Kind<never>])[] = [
  [3, people.updateUser],
  [2, people.deleteUser],
  [3, people.enrolMethod],
  [2, people.enrolPasskeys],
  [2, people.removeAuthenticator],
  [2, people.findUsers],
  [1, people.readConfiguration],
  [2, people.rememberDevice],
  [2, people.invalidateDevice],
  [6, actions.trackAction],
  [2, actions.readAction],
  [2, actions.listActions],
  [3, actions.moveAction],
  [4, challenges.startChallenge],
  [2, challenges.sendAgain],
  [6, challenges.verifyChallenge],
  [6, challenges.claimChallenge],
  [3, challenges.readChallenge],
  [5, pages.openPage],
  [8, pages.reactOnPage],
  [6, sessions.validateToken],
  [5, sessions.createSession],
  [3, sessions.validateSession],
  [5, sessions.refreshSession],
  [2, sessions.revokeSession],
  [1, sessions.revokeSessions],
  [3, world.setRule],
  [3, world.addRule],
  [1, world.removeRules],
  [2, world.queueOutcome],
  [6, world.moveClock],
  [1, world.letClockRun],
  [2, world.takeSnapshot],
  [2, world.restoreSnapshot],
  [1, world.exportAndImport],
  [1, world.reset],
  [2, world.startCall],
  [2, world.finishCall],
  [6, flows.stepUp],
  [6, flows.signIn],
];

/** What the invariants read after each command. */
const READ = ["getUser", "getAuthenticators", "queryUserActions", "getDevices", "validateSession"];

/** The names of all operations that the commands call. */
export const MODELLED: ReadonlySet<string> = new Set([...READ, ...KINDS.flatMap(([, kind]) => kind.operations)]);

/**
 * Sequences of commands.
 * @param isKept Whether the emulator has a file, so that it may be closed and opened again on the way.
 */
export function sequences(isKept: boolean): fc.Arbitrary<Iterable<Command>> {
  const kinds = isKept ? [...KINDS, [6, world.reopen] as const] : KINDS;
  const weighted = kinds.map(([weight, { commands: arbitrary }]) => ({ weight, arbitrary }));
  return fc.commands([fc.oneof(...weighted)], { maxCommands: 100, size: "max" });
}
