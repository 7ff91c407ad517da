import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { components } from "../../../generated/emulator.ts";
import { bodies } from "../../../generated/emulator-validators.js";
import { describeProblems } from "../http/validation.ts";
import type { Action, Device, FiredRule, Outcome, QueuedOutcome, Rule, User } from "../state/rows.ts";
import type { State } from "../state/state.ts";

/** What a rule may look at: the action with all that was tracked about it, its user, and its device if known. */
export interface RuleContext {
  /** The action, with all that was tracked about it. */
  readonly action: Action;
  /** The user whose action it is. */
  readonly user: User;
  /** The device, when `track` told which it is. */
  readonly device:
    | (Device & {
        /** Whether the user has confirmed nothing on it, or nothing since it was invalidated. */
        readonly isNew: boolean;
        /** Whether it is not new, and `rememberedUntil` is still to come. */
        readonly isRemembered: boolean;
      })
    | undefined;
}

/** A rule to add. With `when`, it also asks a function, and without this process it fits nothing. */
export interface RuleOptions extends Readonly<components["schemas"]["EmulatorRule"]> {
  /** Tells whether the rule fits. */
  readonly when?: ((context: RuleContext) => boolean) | undefined;
}

/** How an action comes out. */
export interface Decision {
  readonly outcome: Outcome;
  readonly rules: FiredRule[];
  readonly output: Record<string, unknown>;
}

/** What the rules engine of a tenant would decide. Of the rules that fit an action, the first decides. */
export interface Rules {
  /** Says how actions of a code come out where no rule that was added says otherwise. The last word on a code counts. */
  set(action: string, outcome: Outcome): void;
  /**
   * Adds a rule behind those that were added before, or in the place of the one with its id; gives its id.
   * @throws TypeError when there is no such outcome, or something else is wrong with it.
   */
  add(options: RuleOptions): string;
  /** Takes the rule with an id away, if there is one. */
  remove(ruleId: string): void;
  /** Puts these rules in the place of all others. @throws TypeError when there is no such outcome. */
  replace(rules: readonly RuleOptions[]): void;
  /** Says how the next actions come out, whatever the rules say: each outcome once, in turn. */
  next(...outcomes: readonly (Outcome | QueuedOutcome)[]): void;
  /** All rules, the most important first. */
  list(): Rule[];
  /** Takes all rules and queued outcomes away. */
  clear(): void;
}

/** The rules of a tenant as the emulator itself sees them. */
export class TenantRules implements Rules {
  readonly #state: State;
  readonly #defaultOutcome: Outcome;
  /** The functions of rules that have one. No file can keep them, so their rules say that they need one. */
  readonly #functions = new Map<string, NonNullable<RuleOptions["when"]>>();

  constructor(state: State, defaultOutcome: Outcome) {
    this.#state = state;
    this.#defaultOutcome = defaultOutcome;
  }

  set(action: string, outcome: Outcome): void {
    if (typeof action !== "string" || action === "") throw new TypeError("rules.set takes the code of an action first");
    const rule = { ruleId: `set:${action}`, name: `${action} is ${outcome}`, action, outcome };
    checkOutcome(rule);
    this.#state.rules.value = [...this.#without(rule.ruleId), rule];
  }

  add(options: RuleOptions): string {
    const rule = filled(options);
    const rules = this.list();
    const place = rules.findIndex(({ ruleId }) => ruleId === rule.ruleId);
    const firstSet = rules.findIndex(({ ruleId }) => ruleId.startsWith("set:"));
    const end = firstSet === -1 ? rules.length : firstSet;
    this.#state.rules.value = place === -1 ? rules.toSpliced(end, 0, rule) : rules.with(place, rule);
    this.#keepFunction(rule.ruleId, options.when);
    return rule.ruleId;
  }

  remove(ruleId: string): void {
    this.#functions.delete(ruleId);
    this.#state.rules.value = this.#without(ruleId);
  }

  replace(rules: readonly RuleOptions[]): void {
    const next = rules.map((options) => ({ rule: filled(options), when: options.when }));
    this.#state.rules.value = next.map(({ rule }) => rule);
    this.#functions.clear();
    for (const { rule, when } of next) this.#keepFunction(rule.ruleId, when);
  }

  next(...outcomes: readonly (Outcome | QueuedOutcome)[]): void {
    const queued = outcomes.map((one) => (typeof one === "string" ? { outcome: one } : one));
    queued.forEach(checkOutcome);
    if (!bodies.queueOutcomes(queued))
      throw new TypeError(describeProblems(bodies.queueOutcomes.errors ?? [], "outcomes"));
    this.#state.outcomes.value = [...this.#state.outcomes.value, ...queued];
  }

  list(): Rule[] {
    return structuredClone([...this.#state.rules.value]);
  }

  /** All rules with their functions, for `replace`. */
  listWithFunctions(): readonly RuleOptions[] {
    return this.list().map((rule) => ({ ...rule, when: this.#functions.get(rule.ruleId) }));
  }

  clear(): void {
    this.replace([]);
    this.#state.outcomes.value = [];
  }

  /** Decides an action. */
  decide(context: RuleContext): Decision {
    const fired = this.#state.rules.value.filter((rule) => fits(rule, context.action) && this.#agrees(rule, context));
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

  #agrees({ ruleId, hasFunction }: Rule, context: RuleContext): boolean {
    if (!hasFunction) return true;
    const agrees = this.#ask(ruleId, context);
    if (typeof agrees === "boolean") return agrees;
    throw new TypeError(`The function of the rule ${ruleId} must give true or false, at once`);
  }

  #ask(ruleId: string, context: RuleContext): boolean {
    try {
      return this.#functions.get(ruleId)?.(context) ?? false;
    } catch (error) {
      throw new Error(`The function of the rule ${ruleId} failed: ${error}`, { cause: error });
    }
  }

  #keepFunction(ruleId: string, when: RuleOptions["when"]): void {
    if (when) this.#functions.set(ruleId, when);
    else this.#functions.delete(ruleId);
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

const OUTCOMES: readonly string[] = ["ALLOW", "BLOCK", "CHALLENGE", "REVIEW"] satisfies Outcome[];

/** @throws TypeError when there is no such outcome. */
export function checkOutcome(rule: { readonly outcome: Outcome }): void {
  const { outcome } = Object(rule);
  if (!OUTCOMES.includes(outcome))
    throw new TypeError(`There is no outcome ${outcome}. There are ${OUTCOMES.join(", ")}`);
}

/** A checked copy of a rule, with an id and a name. @throws TypeError when something is wrong with it. */
function filled(options: RuleOptions): Rule {
  checkOutcome(options);
  const { when, ...rule } = options;
  if (!bodies.setRules([rule])) throw new TypeError(describeProblems(bodies.setRules.errors ?? [], "rules"));
  if (when !== undefined && typeof when !== "function") throw new TypeError("when must be a function");
  return { ...fillRule(structuredClone(rule)), ...(when && { hasFunction: true }) };
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
