import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { OFFICIAL } from "./clients/contenders.ts";
import { type Compared, compareAll, entryOf, inTurns, type Spread, spreadOf } from "./spread.ts";

/** The costs of the compiler for a program with 200 calls. */
export interface TypeCheck {
  /** Instantiations above those without the calls. */
  readonly instantiations: number;
  /** Types above those without the calls. */
  readonly types: number;
  /** Milliseconds for the whole program, mostly for the libraries of the compiler. */
  readonly total: Compared;
  /** Milliseconds for the 200 calls and their responses: so few that noise may reduce them to 0. */
  readonly calls: Spread;
}

const ROUNDS = 5;
export const CALLS = 200;

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Calls that are written alike with both clients, and the fields that are read of their responses. */
const SAMPLES: readonly ((id: string) => string)[] = [
  (id) => `(await client.track({ userId: "${id}", action: "pay", attributes: { custom: { amount: 1 } } })).state`,
  (id) => `(await client.getUser({ userId: "${id}" })).isEnrolled`,
  (id) => `(await client.updateUser({ userId: "${id}", attributes: { email: "jo@example.com" } })).email`,
  (id) => `(await client.queryUsers({ email: "${id}@example.com" })).users.length`,
  (id) => `(await client.getAuthenticators({ userId: "${id}" })).length`,
  (id) => `(await client.getAction({ userId: "${id}", action: "pay", idempotencyKey: "key" }))?.state`,
  (id) => `(await client.validateChallenge({ userId: "${id}", action: "pay", token: "token" })).isValid`,
  (id) => `await client.deleteUser({ userId: "${id}" })`,
];

export const OPERATIONS = SAMPLES.length;

/** Writes a program that makes a number of calls with the client of a package. */
export function consumerOf(from: string, calls: number): string {
  const lines = Array.from({ length: calls }, (_, index) => {
    const sample = SAMPLES[index % SAMPLES.length];
    return `console.log(${sample?.(`usr_${index}`)});`;
  });
  return [
    `import { Authsignal } from "${from}";`,
    'const client = new Authsignal({ apiSecretKey: "key", apiUrl: "https://api.authsignal.com/v1" });',
    ...lines,
    "export { client };",
    "",
  ].join("\n");
}

interface Diagnostics {
  readonly instantiations: number;
  readonly types: number;
  /** Milliseconds. */
  readonly total: number;
  readonly check: number;
}

/** Measures the compiler with programs that use the declarations in `dist/` and the official ones, in turns. */
export async function measureTypes(rounds = ROUNDS): Promise<Map<string, TypeCheck>> {
  const folder = join(root, `.tmp/bench-types-${process.pid}`);
  await mkdir(folder, { recursive: true });
  try {
    const turns = ["authsignal-ts", OFFICIAL].map((name, index) => {
      const consumer = async (calls: number): Promise<Diagnostics> => {
        const file = join(folder, `consumer-${index}-${calls}.ts`);
        await writeFile(file, consumerOf(name, calls));
        return diagnose(file);
      };
      return [name, async () => ({ without: await consumer(0), whole: await consumer(CALLS) })] as const;
    });
    const costs = await inTurns("types", rounds, new Map(turns));
    const total = compareAll(costs, OFFICIAL, ({ whole }) => whole.total);
    return new Map(
      [...costs].map(([name, list]) => {
        const [first] = list;
        if (!first) throw new Error("No types were checked");
        const { without, whole } = first;
        return [
          name,
          {
            instantiations: whole.instantiations - without.instantiations,
            types: whole.types - without.types,
            total: entryOf(total, name),
            calls: spreadOf(list.map(({ without, whole }) => whole.check - without.check)),
          },
        ];
      }),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

const FLAGS =
  "--noEmit --strict --skipLibCheck --target es2022 --module esnext --moduleResolution bundler --types node";

async function diagnose(file: string): Promise<Diagnostics> {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const words = [tsc, file, ...FLAGS.split(" "), "--extendedDiagnostics"];
  const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: root });
  const read = (name: string): number => {
    const number = new RegExp(`^${name}: +([\\d.]+)`, "m").exec(stdout)?.[1];
    if (number === undefined) throw new Error(`The compiler did not tell its ${name}`);
    return Number(number);
  };
  return {
    instantiations: read("Instantiations"),
    types: read("Types"),
    total: 1_000 * read("Total time"),
    check: 1_000 * read("Check time"),
  };
}
