import type {
  BehaviourOptions,
  CompleteChallengeOptions,
  DeliveryFilter,
  EmulatorOptions,
  MessageFilter,
  MswOptions,
  ReachableEmulator,
  RuleOptions,
  StartOptions,
  VisitOptions,
  WaitOptions,
} from "../../../src/emulator/index.ts";

// Compiled by options.test.ts with `exactOptionalPropertyTypes`: each option takes undefined, as it does at run time.

type Undefined<Options> = Record<keyof Options, undefined>;

export const behaviour = (all: Undefined<BehaviourOptions>): BehaviourOptions => all;
export const created = (all: Undefined<EmulatorOptions>): EmulatorOptions => all;
export const started = (all: Undefined<StartOptions>): StartOptions => all;
export const msw = (all: Undefined<MswOptions>): MswOptions => all;
export const visited = (all: Undefined<VisitOptions>): VisitOptions => all;
export const waited = (all: Undefined<WaitOptions>): WaitOptions => all;
export const messages = (all: Undefined<MessageFilter>): MessageFilter => all;
export const deliveries = (all: Undefined<DeliveryFilter>): DeliveryFilter => all;
export const completed = (
  all: Undefined<Omit<CompleteChallengeOptions, "emulator">>,
  emulator: ReachableEmulator,
): CompleteChallengeOptions => ({ ...all, emulator });
export const reached = (origin: string): ReachableEmulator => ({ origin, apiSecretKey: undefined });
export const ruled = (when: undefined): RuleOptions => ({ outcome: "BLOCK", when });
