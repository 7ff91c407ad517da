import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startPrism } from "../prism.ts";
import { requestsPerSecond, type Shot } from "./load.ts";
import { inTurns, type Spread, spreadOf } from "./spread.ts";

const ROUNDS = 5;
/** Milliseconds of the warm-up and of the measurement. */
const WARM_UP = 800;
const MEASURED = 1_500;
const KEY = "sk_emulator_default";

const SHOTS = {
  getUser: { method: "GET", path: "/users/usr_123" },
  track: { method: "POST", path: "/users/usr_123/actions/withdraw", body: '{"custom":{"amount":250.5}}' },
} satisfies Record<string, Shot>;

const dist = (file: string): string => fileURLToPath(new URL(`../../dist/${file}`, import.meta.url));

/** Measures the milliseconds of the import and of `startEmulator`, in a separate process. */
async function startInProcess(): Promise<{ ready: number; imported: number }> {
  const program = `
    const begin = performance.now();
    const { startEmulator } = await import(${JSON.stringify(dist("emulator.js"))});
    const imported = performance.now();
    const emulator = await startEmulator();
    const ready = performance.now();
    console.log(JSON.stringify({ imported: imported - begin, ready: ready - imported }));
    await emulator.close();`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program]);
  return JSON.parse(stdout);
}

/** Measures the requests per second of `emulator.fetch`, in a separate process. */
async function inProcess(shot: Shot): Promise<number> {
  const program = `
    const { createEmulator } = await import(${JSON.stringify(dist("emulator.js"))});
    const emulator = createEmulator();
    const { method, path, body } = ${JSON.stringify(shot)};
    const headers = { authorization: "Basic " + btoa(emulator.apiSecretKey + ":"), "content-type": "application/json" };
    const run = async (milliseconds) => {
      const begin = performance.now();
      let responses = 0;
      for (; performance.now() - begin < milliseconds; responses++) {
        const response = await emulator.fetch(emulator.apiUrl + path, { method, headers, body });
        await response.text();
        if (response.status !== 200) throw new Error("status " + response.status);
      }
      return responses / (performance.now() - begin) * 1000;
    };
    await run(${WARM_UP});
    console.log(await run(${MEASURED}));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program]);
  return Number(stdout);
}

interface Server {
  readonly url: string;
  stop(): Promise<void>;
}

/** The emulator as the command line starts it. */
async function emulatorServer(): Promise<Server> {
  const child: ChildProcess = spawn(process.execPath, [dist("emulator-cli.cjs"), "--port", "0", "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (!child.stdout) throw new Error("The emulator has no output");
  for await (const line of createInterface(child.stdout)) {
    return {
      url: JSON.parse(line).apiUrl,
      async stop() {
        child.kill();
        await once(child, "exit");
      },
    };
  }
  throw new Error("The emulator did not start");
}

async function prismServer(): Promise<Server> {
  const prism = await startPrism("authsignal");
  return {
    url: prism.url,
    async stop() {
      await prism[Symbol.asyncDispose]();
    },
  };
}

async function timed(start: () => Promise<Server>): Promise<number> {
  const begin = performance.now();
  const server = await start();
  const milliseconds = performance.now() - begin;
  await server.stop();
  return milliseconds;
}

async function overHttp(start: () => Promise<Server>, shot: Shot): Promise<number> {
  const server = await start();
  try {
    await requestsPerSecond(server.url, KEY, shot, WARM_UP);
    return await requestsPerSecond(server.url, KEY, shot, MEASURED);
  } finally {
    await server.stop();
  }
}

/** Measures the built emulator and Prism in turns: milliseconds until ready, and requests per second. */
export async function measureEmulator(rounds = ROUNDS): Promise<Map<string, Spread>> {
  const { getUser, track } = SHOTS;
  const measurements = {
    "`startEmulator()` until it is ready, ms": async () => (await startInProcess()).ready,
    "import of `authsignal-ts/emulator`, ms": async () => (await startInProcess()).imported,
    "`authsignal-emulator` until it is ready, ms": () => timed(emulatorServer),
    "Prism until it is ready, ms": () => timed(prismServer),
    "`getUser` in process, requests per second": () => inProcess(getUser),
    "`track` in process, requests per second": () => inProcess(track),
    "`getUser` over HTTP, requests per second": () => overHttp(emulatorServer, getUser),
    "`getUser` from Prism, requests per second": () => overHttp(prismServer, getUser),
    "`track` over HTTP, requests per second": () => overHttp(emulatorServer, track),
    "`track` from Prism, requests per second": () => overHttp(prismServer, track),
  };
  const numbers = await inTurns("emulator", rounds, new Map(Object.entries(measurements)));
  return new Map([...numbers].map(([name, list]) => [name, spreadOf(list)]));
}
