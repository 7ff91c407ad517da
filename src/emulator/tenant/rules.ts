import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { components } from "../../../generated/emulator.ts";
import { bodies } from "../../../generated/emulator-validators.js";
import { fieldOf } from "../../platform/fields.ts";
import { describeProblems } from "../http/validation.ts";
import type { Action, Device, FiredRule, Outcome, QueuedOutcome, Rule, User } from "../state/rows.ts";
import type { State } from "../state/state.ts";

/** The argument of the function of a rule. */
export interface RuleContext {
  /** The action, with all attributes that were tracked. */
  readonly action: Action;
  /** The user of the action. */
  readonly user: User;
  /** The device, if the action has a `deviceId`. */
  readonly device:
    | (Device & {
        /** Whether the user has not passed a challenge on it, or not since it was invalidated. */
        readonly isNew: boolean;
        /** Whether it is not new, and `rememberedUntil` is in the future. */
        readonly isRemembered: boolean;
      })
    | undefined;
}

/** A rule to add. A rule with `when` applies only in this process: a data file cannot keep the function. */
export interface RuleOptions extends Readonly<components["schemas"]["EmulatorRule"]> {
  /** Whether the rule applies to an action that all other conditions fit. */
  readonly when?: ((context: RuleContext) => boolean) | undefined;
}

/** The decision about an action. */
export interface Decision {
  readonly outcome: Outcome;
  readonly rules: FiredRule[];
  readonly output: Record<string, unknown>;
}

/** The rules of a tenant. Of the rules that apply to an action, the first one decides. */
export interface Rules {
  /** Sets the outcome of all actions with a code, unless a rule that was added applies. A later call for a code replaces it. */
  set(action: string, outcome: Outcome): void;
  /**
   * Adds a rule after those that were added before, or replaces the one with its id.
   * @returns The id of the rule.
   * @throws TypeError that says what is wrong with the rule.
   */
  add(options: RuleOptions): string;
  /** Removes the rule with an id, if there is one. */
  remove(ruleId: string): void;
  /** Replaces all rules. @throws TypeError that says what is wrong with a rule. */
  replace(rules: readonly RuleOptions[]): void;
  /** Sets the outcomes of the next actions, in turn. They take precedence over all rules. */
  next(...outcomes: readonly (Outcome | QueuedOutcome)[]): void;
  /** Returns all rules, the first of which has precedence. */
  list(): Rule[];
  /** Removes all rules and queued outcomes. */
  clear(): void;
}

/** The rules of a tenant, with what only the emulator needs. */
export class TenantRules implements Rules {
  readonly #state: State;
  readonly #defaultOutcome: Outcome;
  /** The functions of rules, by rule id. No file can keep them; their rules have `hasFunction`. */
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
    const index = rules.findIndex(({ ruleId }) => ruleId === rule.ruleId);
    const firstSet = rules.findIndex(({ ruleId }) => ruleId.startsWith("set:"));
    const end = firstSet === -1 ? rules.length : firstSet;
    this.#state.rules.value = index === -1 ? rules.toSpliced(end, 0, rule) : rules.with(index, rule);
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

  /** Returns all rules with their functions, for `replace`. */
  listWithFunctions(): readonly RuleOptions[] {
    return this.list().map((rule) => ({ ...rule, when: this.#functions.get(rule.ruleId) }));
  }

  clear(): void {
    this.replace([]);
    this.#state.outcomes.value = [];
  }

  /** Returns the decision about an action. A queued outcome is used up. */
  decide(context: RuleContext): Decision {
    const fired = this.#state.rules.value.filter(
      (rule) => applies(rule, context.action) && this.#appliesBy(rule, context),
    );
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

  #appliesBy({ ruleId, hasFunction }: Rule, context: RuleContext): boolean {
    if (!hasFunction) return true;
    const applies = this.#callFunction(ruleId, context);
    if (typeof applies === "boolean") return applies;
    throw new TypeError(`The function of the rule ${ruleId} must give true or false, at once`);
  }

  #callFunction(ruleId: string, context: RuleContext): boolean {
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

function applies({ action: actionCode, userId, where }: Rule, action: Action): boolean {
  if (actionCode !== undefined && actionCode !== action.actionCode) return false;
  if (userId !== undefined && userId !== action.userId) return false;
  return where === undefined || holds(action, where);
}

const OUTCOMES: readonly string[] = ["ALLOW", "BLOCK", "CHALLENGE", "REVIEW"] satisfies Outcome[];

/** Checks the outcome of a rule, which callers without types may have misspelled. @throws TypeError when there is no such outcome. */
export function checkOutcome(rule: { readonly outcome: Outcome }): void {
  const outcome = fieldOf(rule, "outcome");
  if (OUTCOMES.some((one) => one === outcome)) return;
  throw new TypeError(`There is no outcome ${outcome}. There are ${OUTCOMES.join(", ")}`);
}

/** Returns a checked copy of a rule, with an id and a name. @throws TypeError that says what is wrong with the rule. */
function filled(options: RuleOptions): Rule {
  checkOutcome(options);
  const { when, ...rule } = options;
  if (!bodies.setRules([rule])) throw new TypeError(describeProblems(bodies.setRules.errors ?? [], "rules"));
  if (when !== undefined && typeof when !== "function") throw new TypeError("when must be a function");
  return { ...fillRule(structuredClone(rule)), ...(when && { hasFunction: true }) };
}

/** Fills in the id and the name of a rule. */
export function fillRule(rule: components["schemas"]["EmulatorRule"]): Rule {
  const name = `${rule.action ?? "any action"} is ${rule.outcome}`;
  return { ...rule, ruleId: rule.ruleId ?? randomUUID(), name: rule.name ?? name };
}

/** Whether a value has all fields of a pattern, with equal values. It may have more fields. */
function holds(value: unknown, pattern: unknown): boolean {
  if (typeof pattern !== "object" || pattern === null || Array.isArray(pattern))
    return isDeepStrictEqual(value, pattern);
  if (typeof value !== "object" || value === null) return false;
  const fields = new Map<string, unknown>(Object.entries(value));
  return Object.entries(pattern).every(([key, inner]) => holds(fields.get(key), inner));
}
