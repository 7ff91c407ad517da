/** Takes out one safeguard at a time, in a copy of the code, and sees whether a test fails. */
import { spawn } from "node:child_process";
import { cp, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The code without one of its safeguards. */
interface Mutant {
  readonly safeguard: string;
  readonly file: string;
  /** The code of the safeguard, which is in the file once, and what stands there instead. */
  readonly code: string;
  readonly instead: string;
  /** Where the tests are that watch over it. */
  readonly tests: readonly string[];
}

const MUTANTS: readonly Mutant[] = [
  {
    safeguard: "an id is one segment of the path",
    file: "src/http/path.ts",
    code: "return encodeURIComponent(id);",
    instead: "return id;",
    tests: ["test/http/hostile-ids.test.ts"],
  },
  {
    safeguard: "each track has an idempotency key",
    file: "src/authsignal/authsignal.ts",
    code: "{ ...attributes, idempotencyKey: attributes?.idempotencyKey || randomUuid() }",
    instead: "{ ...attributes }",
    tests: ["test/http/retry.test.ts"],
  },
  {
    safeguard: "a call ends at its deadline",
    file: "src/http/attempt.ts",
    code: "clock.after(budget, ",
    instead: "clock.after(1e9, ",
    tests: ["test/http/deadline.test.ts"],
  },
  {
    safeguard: "the deadline ends the transport, too",
    file: "src/http/attempt.ts",
    code: "stop?.(stalled);",
    instead: "",
    tests: ["test/http/abort.test.ts"],
  },
  {
    safeguard: "a success has the shape that was promised",
    file: "src/http/attempt-failure.ts",
    code: "const problem = problemOf(answer, operation);",
    instead: "const problem = answer.problem;",
    tests: ["test/http/responses.test.ts"],
  },
  {
    safeguard: "the secret is taken out",
    file: "src/http/redact.ts",
    code: 'text.replace(pattern, "[secret]")',
    instead: "text",
    tests: ["test/http/secrets.test.ts"],
  },
  {
    safeguard: "a secret in escapes is taken out",
    file: "src/http/redact.ts",
    code: "const before = resolveEscapes(plain);",
    instead: "const before = plain;",
    tests: ["test/http/secrets.test.ts"],
  },
  {
    safeguard: "a redirect is not followed",
    file: "src/http/transport.ts",
    code: 'signal, redirect: "manual" };',
    instead: 'signal, redirect: Object("follow") };',
    tests: ["test/http/responses.test.ts"],
  },
  {
    safeguard: "signatures are compared in constant time",
    file: "src/platform/constant-time.ts",
    code: "  let difference =",
    instead: "  if (expected !== candidate) return false;\n  let difference =",
    tests: ["test/platform/constant-time.test.ts"],
  },
  {
    safeguard: "an old delivery is refused",
    file: "src/webhook/signature.ts",
    code: "> tolerance * 60",
    instead: "> Number.POSITIVE_INFINITY",
    tests: ["test/webhook/delivery.test.ts", "test/webhook/header.test.ts"],
  },
  {
    safeguard: "a body ends at 8 MB",
    file: "src/http/body.ts",
    code: "export const LARGEST_BODY = 8 * 1024 * 1024;",
    instead: "export const LARGEST_BODY = Number.POSITIVE_INFINITY;",
    tests: ["test/http/responses.test.ts"],
  },
  {
    safeguard: "JSON goes 500 deep",
    file: "src/http/json.ts",
    code: "const DEEPEST = 500;",
    instead: "const DEEPEST = Number.POSITIVE_INFINITY;",
    tests: ["test/http/responses.test.ts"],
  },
  {
    safeguard: "bytes that are no UTF-8 are no value",
    file: "src/http/body.ts",
    code: "this.#decode(true)",
    instead: "this.#decode(false)",
    tests: ["test/http/responses.test.ts"],
  },
  {
    safeguard: "what must not be repeated is not",
    file: "src/http/call.ts",
    code: 'return operation?.repeatable === "always";',
    instead: "return true;",
    tests: ["test/http/retry.test.ts"],
  },
  {
    safeguard: "an attempt leaves time for the next one",
    file: "src/http/call.ts",
    code: "left / 2 : left",
    instead: "left : left",
    tests: ["test/http/deadline.test.ts"],
  },
  {
    safeguard: "an error admits that the request may have been processed",
    file: "src/http/call.ts",
    code: "processed ||= result.processed;",
    instead: "processed = result.processed;",
    tests: ["test/http/retry.test.ts"],
  },
  {
    safeguard: "a signal reaches the connection, though garbage was collected",
    file: "src/http/transport.ts",
    code: "pending = fetch(request, init);",
    instead: "pending = fetch(request.clone(), init);",
    tests: ["test/http/abort.test.ts"],
  },
  {
    safeguard: "a signal keeps no listener",
    file: "src/http/abort.ts",
    code: 'if (callbacks.size === 0) signal.removeEventListener("abort", listener);',
    instead: "",
    tests: ["test/http/abort.test.ts"],
  },
  {
    safeguard: "headers go to node:http as a plain object",
    file: "src/http/node-transport.ts",
    code: "headers: { ...init.headers },",
    instead: "headers: Object.entries(init.headers).flat(),",
    tests: ["test/http/options.test.ts"],
  },
  {
    safeguard: "over https a socket without TLS is never believed",
    file: "src/http/node-transport.ts",
    code: 'return socket !== null && "encrypted" in socket && socket.encrypted === true;',
    instead: "return true;",
    tests: ["test/http/transports.test.ts"],
  },
  {
    safeguard: "a kept connection whose idle time is over is not used",
    file: "src/http/node-transport.ts",
    code: "      socket.destroy();\n    }\n  }\n  return longest;",
    instead: "    }\n  }\n  return longest;",
    tests: ["test/http/transports.test.ts"],
  },
  {
    safeguard: "an unknown option is refused",
    file: "src/platform/own-options.ts",
    code: "  return unknown ? reject(unknownOption(unknown[0], Object.keys(known))) : options;",
    instead: "  return options;",
    tests: ["test/http/options.test.ts"],
  },
  {
    safeguard: "no option comes from Object.prototype",
    file: "src/platform/own-options.ts",
    code: "const options: Partial<Options> = Object.create(null);",
    instead: "const options: Partial<Options> = {};",
    tests: ["test/http/options.test.ts"],
  },
  {
    safeguard: "a bug of the caller's fetch is not retried",
    file: "src/http/network-error.ts",
    code: "  if (isBug(cause)) return callersBug(cause, processed);\n",
    instead: "",
    tests: ["test/http/transports.test.ts"],
  },
  {
    safeguard: "a missing key signs nothing",
    file: "src/authsignal/client.ts",
    code: "secret ?? checks.refuse(MISSING_KEY)",
    instead: 'secret ?? "none"',
    tests: ["test/authsignal/environment.test.ts"],
  },
  {
    safeguard: "a ticket of a step-up is signed",
    file: "src/step-up/cookie.ts",
    code: "if (!isEqualInConstantTime(signatureOf(secret, payload), signature)) return [];",
    instead: "",
    tests: ["test/step-up/step-up.test.ts"],
  },
  {
    safeguard: "the token of a step-up is of the attempt of its browser",
    file: "src/step-up/step-up.ts",
    code: " && isSameAttempt",
    instead: "",
    tests: ["test/examples/web.test.ts"],
  },
  {
    safeguard: "not enrolled is not allowed",
    file: "src/step-up/step-up.ts",
    code: ' && (isEnrolled || ifNotEnrolled === "allow")',
    instead: "",
    tests: ["test/step-up/not-enrolled.test.ts"],
  },
  {
    safeguard: "an enrollment that was skipped confirms nothing",
    file: "src/step-up/step-up.ts",
    code: " && isPassed",
    instead: "",
    tests: ["test/step-up/not-enrolled.test.ts"],
  },
  {
    safeguard: "the response of track is about the attempt that was sent",
    file: "src/step-up/step-up.ts",
    code: 'if (response.idempotencyKey !== idempotencyKey) mistrust("it names another idempotencyKey than the one sent");',
    instead: "",
    tests: ["test/step-up/not-enrolled.test.ts"],
  },
  {
    safeguard: "a step-up is of the person who is signed in",
    file: "src/step-up/step-up.ts",
    code: "(cookie) => cookie.userId === userId",
    instead: "() => true",
    tests: ["test/examples/web.test.ts"],
  },
  {
    safeguard: "an attempt is given once",
    file: "src/step-up/store.ts",
    code: "      kept.delete(idempotencyKey);\n",
    instead: "",
    tests: ["test/examples/web.test.ts"],
  },
];

const root = fileURLToPath(new URL("../", import.meta.url));

/** Copies what tests need, so that nobody who works in the checkout meets a mutant. */
async function copyTo(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const name of ["src", "generated", "openapi", "test", "scripts", "package.json", "tsconfig.json"]) {
    await cp(join(root, name), join(folder, name), { recursive: true });
  }
  await cp(join(root, "vitest.config.ts"), join(folder, "vitest.config.ts"));
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
}

async function plant(folder: string, { file, code, instead }: Mutant): Promise<() => Promise<void>> {
  const path = join(folder, file);
  const text = await readFile(path, "utf8");
  const [before, after, ...more] = text.split(code);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`${file} must hold this once: ${code}`);
  }
  await writeFile(path, before + instead + after);
  return () => writeFile(path, text);
}

/** Runs tests until the first one fails, and gives its name; undefined when all pass. */
async function firstFailure(folder: string, tests: readonly string[]): Promise<string | undefined> {
  const args = ["run", "--project", "unit", "--bail", "1", "--reporter", "json", ...tests];
  const child = spawn(join(root, "node_modules/.bin/vitest"), args, { cwd: folder });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  await new Promise((resolve) => child.on("close", resolve));
  const report: Report = JSON.parse(output.slice(output.indexOf("{")));
  if (report.numTotalTests === 0) throw new Error(`No test ran of ${tests.join(", ")}`);
  const results = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  return results.find(({ status }) => status === "failed")?.fullName;
}

interface Report {
  readonly numTotalTests: number;
  readonly testResults: readonly { readonly assertionResults: readonly { status: string; fullName: string }[] }[];
}

const folder = join(root, ".tmp", `mutants-${process.pid}`);
try {
  await copyTo(folder);
  const sound = await firstFailure(folder, [...new Set(MUTANTS.flatMap(({ tests }) => tests))]);
  if (sound) throw new Error(`A test fails without a mutant: ${sound}`);
  let caught = 0;
  for (const mutant of MUTANTS) {
    const restore = await plant(folder, mutant);
    const failure = await firstFailure(folder, mutant.tests);
    await restore();
    if (failure) caught++;
    console.log(
      `${failure ? "caught  " : "SURVIVED"}  ${mutant.safeguard}${failure ? `\n            by: ${failure}` : ""}`,
    );
  }
  console.log(`\n${caught} of ${MUTANTS.length} caught`);
  process.exitCode = caught === MUTANTS.length ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
