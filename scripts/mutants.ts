/** Removes one safeguard at a time, in a copy of the code, and checks that a test fails. */
import { spawn } from "node:child_process";
import { cp, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The code without one of its safeguards. */
interface Mutant {
  readonly safeguard: string;
  readonly file: string;
  /** The code of the safeguard, which occurs once in the file, and its replacement. */
  readonly code: string;
  readonly instead: string;
  /** The test files that must fail. */
  readonly tests: readonly string[];
}

const MUTANTS: readonly Mutant[] = [
  {
    safeguard: "an id is one segment of the path",
    file: "src/http/request.ts",
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
    code: "clock.after(timeout, ",
    instead: "clock.after(1e9, ",
    tests: ["test/http/deadline.test.ts"],
  },
  {
    safeguard: "the deadline stops the transport, too",
    file: "src/http/attempt.ts",
    code: 'stop(new DOMException("No response came in time", "TimeoutError"))',
    instead: "true",
    tests: ["test/http/abort.test.ts"],
  },
  {
    safeguard: "a success has the shape that the spec promises",
    file: "src/http/response.ts",
    code: "const problem = problemOf(response, operation);",
    instead: "const problem = response.problem;",
    tests: ["test/http/responses.test.ts"],
  },
  {
    safeguard: "the secret is replaced",
    file: "src/http/redact.ts",
    code: 'text.replace(pattern, "[secret]")',
    instead: "text",
    tests: ["test/http/secrets.test.ts"],
  },
  {
    safeguard: "a secret in escapes is replaced",
    file: "src/http/redact.ts",
    code: "const before = resolveEscapes(plain);",
    instead: "const before = plain;",
    tests: ["test/http/secrets.test.ts"],
  },
  {
    safeguard: "a redirect is not followed",
    file: "src/http/fetch-transport.ts",
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
    safeguard: "an old delivery is rejected",
    file: "src/webhook/signature.ts",
    code: "> tolerance * 60",
    instead: "> Number.POSITIVE_INFINITY",
    tests: ["test/webhook/delivery.test.ts", "test/webhook/header.test.ts"],
  },
  {
    safeguard: "a body larger than 8 MB is not read",
    file: "src/http/body.ts",
    code: "const LARGEST_BODY = 8 * 1024 * 1024;",
    instead: "const LARGEST_BODY = Number.POSITIVE_INFINITY;",
    tests: ["test/http/responses.test.ts"],
  },
  {
    safeguard: "JSON deeper than 500 levels is not parsed",
    file: "src/http/body.ts",
    code: "const DEEPEST_JSON = 500;",
    instead: "const DEEPEST_JSON = Number.POSITIVE_INFINITY;",
    tests: ["test/http/responses.test.ts"],
  },
  {
    safeguard: "bytes that are not UTF-8 are not a value",
    file: "src/http/body.ts",
    code: "this.#decode(true)",
    instead: "this.#decode(false)",
    tests: ["test/http/responses.test.ts"],
  },
  {
    safeguard: "an operation that is not repeatable is not retried",
    file: "src/http/retry.ts",
    code: 'return operation?.repeatable === "always";',
    instead: "return true;",
    tests: ["test/http/retry.test.ts"],
  },
  {
    safeguard: "an attempt leaves time for the next one",
    file: "src/http/retry.ts",
    code: "timeLeft / 2 : timeLeft",
    instead: "timeLeft : timeLeft",
    tests: ["test/http/deadline.test.ts"],
  },
  {
    safeguard: "an error says that an earlier attempt may have been processed",
    file: "src/http/call.ts",
    code: "mayHaveBeenProcessed ||= failure.mayHaveBeenProcessed;",
    instead: "mayHaveBeenProcessed = failure.mayHaveBeenProcessed;",
    tests: ["test/http/retry.test.ts"],
  },
  {
    safeguard: "a signal reaches the connection, even after a garbage collection",
    file: "src/http/fetch-transport.ts",
    code: "pending = fetch(request, init);",
    instead: "pending = fetch(request.clone(), init);",
    tests: ["test/http/abort.test.ts"],
  },
  {
    safeguard: "a signal keeps no listener",
    file: "src/http/attempt.ts",
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
    safeguard: "over https a socket without TLS is never used",
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
    safeguard: "an unknown option is rejected",
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
    code: '  if (isBug(cause)) return fromCallerBug(cause, mayHaveBeenSent, "The fetch function");\n',
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
    safeguard: "the cookie of a step-up is signed",
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

/** Copies the files that tests need, so that no mutant is written into the checkout. */
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

/** Runs tests until the first one fails and returns its name; undefined when all pass. */
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
