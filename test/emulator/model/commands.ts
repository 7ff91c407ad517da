import fc from "fast-check";
import * as actions from "./action-commands.ts";
import * as calls from "./call-commands.ts";
import * as challenges from "./challenge-commands.ts";
import type { Command, Kind } from "./command.ts";
import * as flows from "./flows.ts";
import * as moments from "./moment-commands.ts";
import * as pages from "./page-commands.ts";
import * as people from "./people-commands.ts";
import * as rules from "./rule-commands.ts";
import * as sessions from "./session-commands.ts";
import * as time from "./time-commands.ts";

/** How likely each kind of command is. */
const KINDS: readonly (readonly [weight: number, kind: Kind<never>])[] = [
  [4, people.updateUser],
  [2, people.deleteUser],
  [3, people.enrollMethod],
  [2, people.enrollPasskeys],
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
  [5, challenges.verifyChallenge],
  [5, challenges.claimChallenge],
  [3, challenges.readChallenge],
  [5, pages.openPage],
  [8, pages.reactOnPage],
  [2, pages.mixUp],
  [5, sessions.validateToken],
  [4, sessions.createSession],
  [3, sessions.validateSession],
  [5, sessions.refreshSession],
  [2, sessions.revokeSession],
  [2, sessions.revokeSessions],
  [2, rules.setRule],
  [3, rules.addRule],
  [1, rules.removeRules],
  [2, rules.queueOutcome],
  [2, time.moveClock],
  [6, time.meetDeadline],
  [1, time.letClockRun],
  [2, moments.takeSnapshot],
  [2, moments.restoreSnapshot],
  [2, moments.exportAndImport],
  [1, moments.reset],
  [3, calls.startCall],
  [4, calls.finishCall],
  [6, flows.stepUp],
  [3, flows.stepUpTwice],
  [6, flows.signIn],
  [3, flows.tie],
  [2, flows.changeMind],
  [2, flows.goBack],
  [2, flows.nag],
  [2, flows.guess],
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
  const kinds = isKept ? [...KINDS, [6, moments.reopen] as const] : KINDS;
  const weighted = kinds.map(([weight, { commands: arbitrary }]) => ({ weight, arbitrary }));
  return fc.commands([fc.oneof(...weighted)], { maxCommands: 100, size: "max" });
}
