import { callAll, options, packageName, write } from "../calls.mjs";

test("every call", async () => {
  const { Authsignal } = await import(packageName);
  write({ results: await callAll(new Authsignal(options)), document: typeof document });
});
