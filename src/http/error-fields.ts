/** What is read of an error that another program threw. */
export type ErrorFields = Partial<Record<"name" | "message" | "stack" | "code" | "errors" | "cause", unknown>>;

/** Reads the fields of an error of any realm, whatever it is; none where a getter throws. */
export function errorFields(error: unknown): ErrorFields {
  try {
    const { name, message, stack, code, errors, cause } = Object(error);
    return { name, message, stack, code, errors, cause };
  } catch {
    return {};
  }
}
