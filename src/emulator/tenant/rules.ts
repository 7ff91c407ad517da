import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { components } from "../../../generated/emulator.ts";
import type { Action, Device, FiredRule, Outcome, QueuedOutcome, Rule, User } from "./rows.ts";
import type { State } from "./state.ts";

/** What a rule may look at: the action with all that was tracked about it, its user, and its device if known. */
export interface RuleContext {
  readonly action: Action;
  readonly user: User;
  readonly device: (Device & { readonly isNew: boolean; readonly isRemembered: boolean }) | undefined;
}

/** A rule to add. With `when`, it also asks a function, and lives only as long as this process. */
export interface RuleOptions extends Readonly<components["schemas"]["EmulatorRule"]> {
  /** Tells whether the rule fits. */
  readonly when?: (context: RuleContext) => boolean;
}

/** How an action comes out. */
export interface Decision {
  readonly outcome: Outcome;
  readonly rules: FiredRule[];
  readonly output: Record<string, unknown>;
}

/** What the rules engine of a tenant would decide. Of the rules that fit an action, the first decides. */
export class Rules {
  readonly #state: State;
  readonly #defaultOutcome: Outcome;
  /** The rules with a function, which no file can keep. They come before the others. */
  #functions: readonly { readonly rule: Rule; readonly when: (context: RuleContext) => boolean }[] = [];

  constructor(state: State, defaultOutcome: Outcome) {
    this.#state = state;
    this.#defaultOutcome = defaultOutcome;
  }

  /** Says how actions of a code come out where no rule that was added says otherwise. The last word on a code counts. */
  set(action: string, outcome: Outcome): void {
    const rule = { ruleId: `set:${action}`, name: `${action} is ${outcome}`, action, outcome };
    this.#state.rules.value = [...this.#without(rule.ruleId), rule];
  }

  /** Adds a rule behind those that were added before; gives its id. */
  add(options: RuleOptions): string {
    const { when, ...rest } = options;
    const rule = fillRule(rest);
    this.remove(rule.ruleId);
    if (when) {
      this.#functions = [...this.#functions, { rule, when }];
    } else {
      const isSet = ({ ruleId }: Rule) => ruleId.startsWith("set:");
      const others = this.#state.rules.value;
      this.#state.rules.value = [...others.filter((one) => !isSet(one)), rule, ...others.filter(isSet)];
    }
    return rule.ruleId;
  }

  remove(ruleId: string): void {
    this.#functions = this.#functions.filter(({ rule }) => rule.ruleId !== ruleId);
    this.#state.rules.value = this.#without(ruleId);
  }

  /** Puts these rules in the place of all others. */
  replace(rules: readonly RuleOptions[]): void {
    this.#state.transaction(() => {
      this.#functions = rules.flatMap(({ when, ...rule }) => (when ? [{ rule: fillRule(rule), when }] : []));
      this.#state.rules.value = rules.filter(({ when }) => !when).map(fillRule);
    });
  }

  /** Says how the next actions come out, whatever the rules say: each outcome once, in turn. */
  next(...outcomes: readonly (Outcome | QueuedOutcome)[]): void {
    const queued = outcomes.map((one) => (typeof one === "string" ? { outcome: one } : one));
    this.#state.outcomes.value = [...this.#state.outcomes.value, ...queued];
  }

  /** All rules, the most important first. */
  list(): readonly Rule[] {
    return [...this.#functions.map(({ rule }) => rule), ...this.#state.rules.value];
  }

  /** All rules with their functions, for `replace`. */
  listWithFunctions(): readonly RuleOptions[] {
    return [...this.#functions.map(({ rule, when }) => ({ ...rule, when })), ...this.#state.rules.value];
  }

  /** Takes all rules and queued outcomes away. */
  clear(): void {
    this.replace([]);
    this.#state.outcomes.value = [];
  }

  /** Decides an action. */
  decide(context: RuleContext): Decision {
    const fired = [
      ...this.#functions
        .filter(({ rule, when }) => fits(rule, context.action) && when(context))
        .map(({ rule }) => rule),
      ...this.#state.rules.value.filter((rule) => fits(rule, context.action)),
    ];
    return {
      outcome: this.#takeQueued(context.action.actionCode) ?? fired[0]?.outcome ?? this.#defaultOutcome,
      rules: fired.map(({ ruleId, name, description }) => ({ ruleId, name, ...(description && { description }) })),
      output: Object.assign({}, ...fired.map(({ output }) => output).reverse()),
    };
  }

  #takeQueued(actionCode: string): Outcome | undefined {
    const queue = this.#state.outcomes.value;
    const next = queue.find(({ action = actionCode }) => action === actionCode);
    if (next) this.#state.outcomes.value = queue.filter((one) => one !== next);
    return next?.outcome;
  }

  #without(id: string): Rule[] {
    return this.#state.rules.value.filter(({ ruleId }) => ruleId !== id);
  }
}

function fits({ action: actionCode, userId, where }: Rule, action: Action): boolean {
  if (actionCode !== undefined && actionCode !== action.actionCode) return false;
  if (userId !== undefined && userId !== action.userId) return false;
  return where === undefined || holds(action, where);
}

/** Gives a rule an id and a name where it has none. */
export function fillRule(rule: components["schemas"]["EmulatorRule"]): Rule {
  const name = `${rule.action ?? "any action"} is ${rule.outcome}`;
  return { ...rule, ruleId: rule.ruleId ?? randomUUID(), name: rule.name ?? name };
}

/** Whether a value holds all that a pattern says; it may hold more. */
function holds(value: unknown, pattern: unknown): boolean {
  if (typeof pattern !== "object" || pattern === null || Array.isArray(pattern))
    return isDeepStrictEqual(value, pattern);
  if (typeof value !== "object" || value === null) return false;
  const fields = new Map<string, unknown>(Object.entries(value));
  return Object.entries(pattern).every(([key, inner]) => holds(fields.get(key), inner));
}
