import { type Document, eachEvent } from "./schema.ts";

/** Returns the first example of the body of each event, by its type; undefined without events. */
export function samplesOf(document: Document): Record<string, unknown> | undefined {
  const samples = eachEvent(document).map(({ type, content }) => {
    const [example] = Object.values(content["application/json"]?.examples ?? {});
    if (!example) throw new Error(`${type} has no example`);
    return [type, example.value] as const;
  });
  return samples.length > 0 ? Object.fromEntries(samples) : undefined;
}
