/** The reader of a changed part: the service reads requests, and we read responses and events. */
export type Side = "sent" | "received";

export interface Rule {
  /** Fits the place of the change, from the operation on, such as `responses/200/content/application~1json/schema/properties/email`. */
  readonly at: RegExp;
  /** The name of the place. `$1` and `$2` are groups of the pattern. */
  readonly what: string;
  /** Whether programs break when it is added, removed or replaced. */
  readonly breaks: Readonly<Record<Action, Breaks>>;
}

export type Action = "add" | "remove" | "replace";

/** `sent` and `received` break on that side only, `required` when a caller must give it, and `closed` when no other value was announced. */
export type Breaks = "always" | "never" | "required" | "closed" | Side;

const WHOLE: Rule["breaks"] = { add: "never", remove: "always", replace: "always" };
const NEVER: Rule["breaks"] = { add: "never", remove: "never", replace: "never" };
/** The rule for the sender: no more may be required than before. */
const LIMIT: Rule["breaks"] = { add: "sent", remove: "never", replace: "sent" };

/** The effects of changes on programs that use the old API. The first rule that fits holds. */
export const RULES: readonly Rule[] = [
  { at: /(^|\/)(description|summary|title|examples?|tags|externalDocs)(\/\d+|\/.*)?$/, what: "text", breaks: NEVER },
  { at: /^$/, what: "operation", breaks: WHOLE },
  { at: /^operationId$/, what: "operationId", breaks: { add: "always", remove: "always", replace: "always" } },
  { at: /^parameters\/(\d+)$/, what: "parameter", breaks: { add: "required", remove: "always", replace: "always" } },
  {
    at: /^parameters\/\d+\/required$/,
    what: "required",
    breaks: { add: "required", remove: "never", replace: "required" },
  },
  { at: /^requestBody$/, what: "request body", breaks: { add: "required", remove: "always", replace: "always" } },
  {
    at: /^requestBody\/required$/,
    what: "required",
    breaks: { add: "required", remove: "never", replace: "required" },
  },
  { at: /^responses\/(2\d\d|2XX)$/, what: "status $1", breaks: { add: "always", remove: "always", replace: "always" } },
  { at: /^responses\/([^/]+)$/, what: "status $1", breaks: NEVER },
  { at: /^security(\/.*)?$/, what: "security", breaks: { add: "always", remove: "always", replace: "always" } },
  { at: /\/content\/([^/]+)$/, what: "media type $1", breaks: WHOLE },
  { at: /\/properties\/([^/]+)$/, what: "field $1", breaks: WHOLE },
  { at: /\/required\/\d+$/, what: "required field", breaks: { add: "sent", remove: "received", replace: "always" } },
  { at: /\/enum\/\d+$/, what: "enum value", breaks: { add: "closed", remove: "sent", replace: "always" } },
  { at: /\/const$/, what: "fixed value", breaks: { add: "sent", remove: "received", replace: "always" } },
  { at: /\/type(\/\d+)?$/, what: "type", breaks: { add: "always", remove: "always", replace: "always" } },
  { at: /\/(anyOf|oneOf)\/\d+$/, what: "alternative", breaks: { add: "closed", remove: "sent", replace: "always" } },
  { at: /\/allOf\/\d+$/, what: "demand", breaks: { add: "sent", remove: "received", replace: "always" } },
  { at: /\/additionalProperties$/, what: "additionalProperties", breaks: LIMIT },
  { at: /\/(format|pattern|multipleOf|uniqueItems|(exclusive)?(min|max)[A-Za-z]*)$/i, what: "$1", breaks: LIMIT },
  { at: /(^|\/)(deprecated|default|x-[^/]+)(\/.*)?$/, what: "$2", breaks: NEVER },
];
