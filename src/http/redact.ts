/**
 * Makes the function that takes a secret, in whatever encoding it may come back, out of a text.
 * Forms of up to 3 characters are left alone: they are in every text, and no real secret is so short.
 */
export function redactor(secret: string): (text: string) => string {
  const bytes = new TextEncoder().encode(secret);
  const forms = [
    secret,
    encodeURIComponent(secret),
    Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(""),
    ...[0, 1, 2].flatMap((offset) => base64Cores(bytes, offset)),
  ];
  const longestFirst = forms.filter(({ length }) => length > 3).sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((rest, form) => rest.replaceAll(form, "[secret]"), text);
}

/**
 * A copy of an error that is safe to print: name, message, stack and code of it and of its causes, without the secret
 * and without whatever else the thrower hung on it.
 */
export function redactError(error: unknown, redact: (text: string) => string, depth = 0): Error | undefined {
  const { message, name, stack = "", code, errors, cause }: Partial<Record<string, unknown>> = Object(error);
  if (message === undefined || depth > 4) return undefined;
  const inner = redactError(Array.isArray(errors) ? errors[0] : cause, redact, depth + 1);
  const copy = new Error(redact(String(message)), inner && { cause: inner });
  return Object.assign(
    copy,
    name && { name },
    { stack: redact(String(stack)) },
    typeof code === "string" && { code: redact(code) },
  );
}

export function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** What base64 makes of the bytes wherever they stand in a longer text: the characters that depend on them alone. */
function base64Cores(bytes: Uint8Array, offset: number): string[] {
  const text = base64(new Uint8Array([...new Uint8Array(offset), ...bytes]));
  const core = text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
  return [core, core.replaceAll("+", "-").replaceAll("/", "_")];
}
