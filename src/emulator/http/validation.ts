import { invalidRequest } from "./errors.ts";

/** What does not fit, as ajv tells it. */
export interface Problem {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string | undefined;
}

/** Tells whether a value fits. After a value that does not, `errors` holds every problem. */
export interface Validator<T> {
  (value: unknown): value is T;
  readonly errors?: readonly Problem[] | null | undefined;
}

/**
 * Gives a value that fits. A field that is null, where the spec does not want null, is as good as left out: some clients
 * send all fields that they know.
 * @param name What to call the value, such as `body`; undefined when its fields have names of their own.
 * @param isStrict Whether fields that the spec does not know are refused; otherwise they are taken out.
 * @throws HttpError with 400 `invalid_request` that names what does not fit.
 */
export function validated<T>(validator: Validator<T>, value: unknown, name: string | undefined, isStrict: boolean): T {
  if (validator(value)) return value;
  const mended = structuredClone(value);
  for (const { keyword, instancePath, params } of validator.errors ?? []) {
    if (keyword === "type") takeOut(mended, instancePath, (field) => field === null);
    if (keyword === UNKNOWN_FIELD && !isStrict) takeOut(mended, pointerTo(instancePath, params.additionalProperty));
  }
  if (validator(mended)) return mended;
  throw invalidRequest(value === undefined ? `${name} is required` : describeProblems(validator.errors ?? [], name));
}

const UNKNOWN_FIELD = "additionalProperties";

/** How many problems are named. */
const MOST_WORDS = 10;

/** What does not fit, in the words of the real service where they are known. */
export function describeProblems(problems: readonly Problem[], name: string | undefined): string {
  const words = problems.map(({ instancePath, keyword, params, message }) => {
    const at = (field?: unknown) => place(name, field === undefined ? instancePath : pointerTo(instancePath, field));
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
  const different = [...new Set(words)];
  const rest = different.length - MOST_WORDS;
  return [...different.slice(0, MOST_WORDS), ...(rest > 0 ? [`and ${rest} more`] : [])].join("; ");
}

/** A JSON pointer (RFC 6901) as JavaScript would write it: body.authenticators[0].userId */
function place(name: string | undefined, pointer: string): string {
  const steps = pointer.split("/").slice(1).map(unescaped);
  const text = steps.map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step}`)).join("");
  return name === undefined ? text.slice(1) : `${name}${text}`;
}

/** Takes the field that a JSON pointer leads to out of a value, if it is there. */
function takeOut(value: unknown, pointer: string, isWanted: (field: unknown) => boolean = () => true): void {
  const steps = pointer.split("/").slice(1).map(unescaped);
  const last = steps.pop();
  const owner = steps.reduce<unknown>(ownField, value);
  if (last !== undefined && isWanted(ownField(owner, last))) Reflect.deleteProperty(Object(owner), last);
}

function ownField(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name) ? Object(value)[name] : undefined;
}

function pointerTo(owner: string, field: unknown): string {
  return `${owner}/${`${field}`.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

function unescaped(step: string): string {
  return step.replaceAll("~1", "/").replaceAll("~0", "~");
}
