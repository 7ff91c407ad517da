import { fieldOf } from "../../platform/fields.ts";
import { invalidRequest } from "./errors.ts";

/** A problem of a value, as ajv reports it. */
export interface Problem {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string | undefined;
}

/** Whether a value fits its schema. After a call that returned false, `errors` has every problem. */
export interface Validator<T> {
  (value: unknown): value is T;
  readonly errors?: readonly Problem[] | null | undefined;
}

/**
 * Validates a value. Returns the value, or a copy without unknown fields and without fields that are null where the spec does not
 * allow null: some clients send null for every missing field.
 * @param name The name of the value in error messages, such as `body`; undefined when messages begin with the name of a field.
 * @param isStrict Whether fields that the spec does not have are rejected; otherwise they are removed.
 * @throws HttpError with 400 `invalid_request` that names each problem.
 */
export function validated<T>(validator: Validator<T>, value: unknown, name: string | undefined, isStrict: boolean): T {
  if (validator(value)) return value;
  const cleaned = structuredClone(value);
  for (const { keyword, instancePath, params } of validator.errors ?? []) {
    if (keyword === "type") removeField(cleaned, instancePath, (field) => field === null);
    if (keyword === UNKNOWN_FIELD && !isStrict)
      removeField(cleaned, pointerTo(instancePath, params.additionalProperty));
  }
  if (validator(cleaned)) return cleaned;
  throw invalidRequest(value === undefined ? `${name} is required` : describeProblems(validator.errors ?? [], name));
}

const UNKNOWN_FIELD = "additionalProperties";

/** How many problems an error message names. */
const MAX_PROBLEMS = 10;

/** Describes problems, with the messages of the real service where these are known. */
export function describeProblems(problems: readonly Problem[], name: string | undefined): string {
  const texts = problems.map(({ instancePath, keyword, params, message }) => {
    const at = (field?: unknown) => pathOf(name, field === undefined ? instancePath : pointerTo(instancePath, field));
    switch (keyword) {
      case "required":
        return `${at(params.missingProperty)} is required`;
      case UNKNOWN_FIELD:
        return `${at(params.additionalProperty)} is not in the spec`;
      case "enum":
        return `${at()} must be equal to one of the allowed values - allowedValues: ${params.allowedValues}`;
      default:
        return `${at()} ${message}`;
    }
  });
  const different = [...new Set(texts)];
  const rest = different.length - MAX_PROBLEMS;
  return [...different.slice(0, MAX_PROBLEMS), ...(rest > 0 ? [`and ${rest} more`] : [])].join("; ");
}

/** Returns a JSON pointer (RFC 6901) in the syntax of JavaScript: `body.authenticators[0].userId` */
function pathOf(name: string | undefined, pointer: string): string {
  const steps = pointer.split("/").slice(1).map(unescaped);
  const text = steps.map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step}`)).join("");
  return name === undefined ? text.slice(1) : `${name}${text}`;
}

/** Removes the field at a JSON pointer from a value, if it is there. */
function removeField(value: unknown, pointer: string, isWanted: (field: unknown) => boolean = () => true): void {
  const steps = pointer.split("/").slice(1).map(unescaped);
  const last = steps.pop();
  const owner = steps.reduce<unknown>(ownField, value);
  if (last !== undefined && typeof owner === "object" && owner !== null && isWanted(ownField(owner, last))) {
    Reflect.deleteProperty(owner, last);
  }
}

function ownField(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name) ? fieldOf(value, name) : undefined;
}

function pointerTo(owner: string, field: unknown): string {
  return `${owner}/${`${field}`.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

function unescaped(step: string): string {
  return step.replaceAll("~1", "/").replaceAll("~0", "~");
}
