import { AuthyApiClient, AuthyError } from "../../src/authy/index.ts";
import type { ConnectionOptions } from "../../src/http/options.ts";
import { Authsignal, AuthsignalError } from "../../src/index.ts";
import type { CrowdServer, Page } from "./crowd-server.ts";

/** The most requests that a call may make: one, and two more where a repetition is harmless. */
const MOST_REQUESTS = 3;

interface Clients {
  readonly authsignal: Authsignal;
  readonly authy: AuthyApiClient;
}

interface Kind {
  /** Whether the client may send it again though an earlier attempt may have been carried out. */
  readonly isRepeatable: boolean;
  call(clients: Clients, name: string, number: number): Promise<unknown>;
}

const KINDS: readonly Kind[] = [
  { isRepeatable: true, call: ({ authsignal }, name) => authsignal.getUser({ userId: name }) },
  {
    isRepeatable: true,
    call: ({ authsignal }, name) =>
      authsignal.track({ userId: name, action: "withdraw", attributes: { idempotencyKey: `key of ${name}` } }),
  },
  { isRepeatable: true, call: ({ authsignal }, name) => authsignal.track({ userId: name, action: "withdraw" }) },
  {
    isRepeatable: false,
    call: ({ authsignal }, name) =>
      authsignal.challenge({ verificationMethod: "SMS", action: name, phoneNumber: "+64270000000" }),
  },
  {
    isRepeatable: true,
    call: ({ authsignal }, name) =>
      authsignal.deleteAuthenticator({ userId: name, userAuthenticatorId: `authenticator of ${name}` }),
  },
  {
    isRepeatable: false,
    call: async ({ authy }, name, number) => (await authy.users.requestSms(number + 1, { action: name })).content,
  },
];

/** How a call ended, as its caller sees it. */
export interface Ending {
  readonly number: number;
  /** JSON of what it resolved with; undefined when it rejected. */
  readonly value?: string;
  readonly error?: {
    /** Undefined when the error is none that a call may end with. */
    readonly errorCode: string | undefined;
    readonly statusCode?: number;
    readonly requestId?: string;
    readonly attempts?: number;
    readonly mayHaveBeenProcessed?: boolean;
    readonly message: string;
  };
}

/** Makes calls of all kinds in turn, each with a name of its own in its request. */
export function crowdOf(apiUrl: string, options: ConnectionOptions): (number: number) => Promise<Ending> {
  const clients = {
    authsignal: new Authsignal({ apiSecretKey: "sk_test", apiUrl, ...options }),
    authy: new AuthyApiClient({ apiKey: "AuthyExampleKey", apiUrl, throwOnFailure: true, ...options }),
  };
  return (number) =>
    kindOf(number)
      .call(clients, nameOf(number), number)
      .then(
        (value) => ({ number, value: JSON.stringify(value) }),
        (error: unknown) => ({ number, error: describe(error) }),
      );
}

/** Says in plain words where a call and the books of the server do not go together. */
export function wrongsOf({ strays, books }: CrowdServer, endings: readonly Ending[]): string[] {
  const wrongs = endings.flatMap((ending) => {
    const name = nameOf(ending.number);
    const page = books.get(name) ?? { requests: 0, refusals: 0, effects: [], answers: [] };
    const found = [
      ...wrongsOfRequests(page, kindOf(ending.number)),
      ...wrongsOfError(page, name, ending),
      ...wrongsOfValue(page, ending),
    ];
    return found.map((wrong) => `${name} ${wrong}`);
  });
  return [...wrongs, ...strays.map((stray) => `nobody called: ${stray}`)];
}

function wrongsOfRequests({ requests, effects }: Page, { isRepeatable }: Kind): string[] {
  const wrongs: string[] = [];
  if (requests > MOST_REQUESTS) wrongs.push(`was sent ${requests} times`);
  if (new Set(effects).size > 1) wrongs.push(`had several effects: ${effects.join(", ")}`);
  if (!isRepeatable && effects.length > 1) wrongs.push(`was carried out ${effects.length} times`);
  return wrongs;
}

function wrongsOfValue({ effects, answers }: Page, { value }: Ending): string[] {
  if (value === undefined) return [];
  const wrongs: string[] = [];
  if (effects.length === 0) wrongs.push("was acknowledged and never carried out");
  if (!answers.includes(value)) wrongs.push(`got an answer that is not its own: ${value}`);
  return wrongs;
}

function wrongsOfError({ refusals, effects, answers }: Page, name: string, { error }: Ending): string[] {
  if (!error) return [];
  const { errorCode, statusCode, requestId, attempts, mayHaveBeenProcessed, message } = error;
  if (!errorCode) return [`threw what it should not: ${message}`];
  const wrongs: string[] = [];
  if (answers.length > 0) wrongs.push(`lost its answer: ${message}`);
  if (statusCode !== undefined && requestId !== name) wrongs.push(`got the error of ${requestId}: ${message}`);
  if (effects.length > 0 && !mayHaveBeenProcessed) wrongs.push(`was carried out, and denies it: ${message}`);
  // An attempt that the server never saw may have met a connection on its way out: nobody can know of that one.
  if (attempts === refusals && mayHaveBeenProcessed) wrongs.push(`was refused, and fears: ${message}`);
  return wrongs;
}

/** How many calls ended in which way: with a value, or with an error of some code. */
export function tally(endings: readonly Ending[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { error } of endings) {
    const end = error ? `${error.errorCode}` : "value";
    counts[end] = (counts[end] ?? 0) + 1;
  }
  return counts;
}

function kindOf(number: number): Kind {
  const kind = KINDS[number % KINDS.length];
  if (!kind) throw new RangeError(`There is no call ${number}`);
  return kind;
}

function nameOf(number: number): string {
  return `call-${number}`;
}

function describe(error: unknown): Ending["error"] {
  if (!(error instanceof AuthsignalError || error instanceof AuthyError)) {
    return { errorCode: undefined, message: String(error) };
  }
  const { errorCode, statusCode, requestId, attempts, mayHaveBeenProcessed, message } = error;
  return { errorCode, statusCode, requestId, attempts, mayHaveBeenProcessed, message };
}
