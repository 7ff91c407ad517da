import { invalidRequest } from "./refusal.ts";

/** What does not fit, as ajv tells it. */
export interface Problem {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

/** Tells whether a value fits. After a value that does not, `errors` holds every problem. */
export interface Validator<T> {
  (value: unknown): value is T;
  readonly errors?: readonly Problem[] | null;
}

/**
 * Gives a value that fits.
 * @param name What to call the value, such as `body`; undefined when its fields have names of their own.
 * @param isStrict Whether fields that the spec does not know are refused; otherwise they are taken out.
 * @throws Refusal with 400 `invalid_request` that names what does not fit.
 */
export function accepted<T>(validator: Validator<T>, value: unknown, name: string | undefined, isStrict: boolean): T {
  if (validator(value)) return value;
  let problems = validator.errors ?? [];
  if (!isStrict) {
    for (const problem of problems) if (problem.keyword === UNKNOWN_FIELD) takeOut(value, problem);
    if (validator(value)) return value;
    problems = validator.errors ?? [];
  }
  throw invalidRequest(wordsOf(problems, name));
}

const UNKNOWN_FIELD = "additionalProperties";

/** What does not fit, in the words of the real service where they are known. */
export function wordsOf(problems: readonly Problem[], name: string | undefined): string {
  const words = problems.map(({ instancePath, keyword, params, message }) => {
    const at = (field?: unknown) => place(name, field === undefined ? instancePath : `${instancePath}/${field}`);
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
  return [...new Set(words)].join("; ");
}

/** A JSON pointer (RFC 6901) as JavaScript would write it: body.authenticators[0].userId */
function place(name: string | undefined, pointer: string): string {
  const steps = pointer.split("/").slice(1).map(unescaped);
  const text = steps.map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step}`)).join("");
  return name === undefined ? text.slice(1) : `${name}${text}`;
}

function takeOut(value: unknown, { instancePath, params }: Problem): void {
  const steps = instancePath.split("/").slice(1).map(unescaped);
  const owner = steps.reduce<unknown>((one, step) => Object(one)[step], value);
  Reflect.deleteProperty(Object(owner), `${params.additionalProperty}`);
}

function unescaped(step: string): string {
  return step.replaceAll("~1", "/").replaceAll("~0", "~");
}
