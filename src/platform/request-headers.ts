import { isRecord } from "./fields.ts";

/**
 * Returns the values of a header of a request, whatever the case of its name: one value for each occurrence of the header.
 * The request may come from any server, realm or framework. Its headers are a web `Headers` object, a `Map`, or a plain
 * object, such as the headers of Node, whose values are texts or arrays of texts. `multiValueHeaders` of a Lambda event are
 * read first.
 *
 * @param name In lower case.
 * @throws Whatever a getter of the caller's objects throws.
 */
export function headerValues(request: unknown, name: string): unknown[] {
  if (!isRecord(request)) return [];
  const { headers, multiValueHeaders } = request;
  const values = valuesIn(multiValueHeaders, name);
  return values.length > 0 ? values : valuesIn(headers, name);
}

function valuesIn(headers: unknown, name: string): unknown[] {
  if (!isRecord(headers)) return [];
  const { get, entries } = headers;
  if (typeof get !== "function") return valuesAmong(Object.entries(headers), name);
  const value: unknown = Reflect.apply(get, headers, [name]);
  if (value !== undefined && value !== null) return [value].flat();
  // The `get` of a `Map` finds a name in the case only in which it was set.
  const pairs: Iterable<unknown> = typeof entries === "function" ? Reflect.apply(entries, headers, []) : [];
  return valuesAmong(pairs, name);
}

function valuesAmong(pairs: Iterable<unknown>, name: string): unknown[] {
  return [...pairs].flatMap((pair) => {
    if (!Array.isArray(pair)) return [];
    const [key, value]: unknown[] = pair;
    return typeof key === "string" && key.toLowerCase() === name ? (value ?? []) : [];
  });
}
