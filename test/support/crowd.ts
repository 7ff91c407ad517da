import { AuthyApiClient, AuthyError } from "../../src/authy/index.ts";
import type { ConnectionOptions } from "../../src/http/options.ts";
import { Authsignal, AuthsignalError } from "../../src/index.ts";
import type { CallRecord, CrowdServer } from "./crowd-server.ts";

/** The most requests that a call may make: one, and two retries where these are harmless. */
const MOST_REQUESTS = 3;

interface Clients {
  readonly authsignal: Authsignal;
  readonly authy: AuthyApiClient;
}

interface Kind {
  /** Whether the client may retry the call although an earlier attempt may have been carried out. */
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

/** How a call ended for its caller. */
export interface Ending {
  readonly number: number;
  /** The JSON of its value; undefined when it rejected. */
  readonly value?: string;
  readonly error?: {
    /** Undefined when the error is no class of the client. */
    readonly errorCode: string | undefined;
    readonly statusCode?: number;
    readonly requestId?: string;
    readonly attempts?: number;
    readonly mayHaveBeenProcessed?: boolean;
    readonly message: string;
  };
}

/** Makes calls of all kinds in turn, each with a unique name in its request. */
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

/** Lists the contradictions between the endings of calls and the records of the server. */
export function contradictionsIn({ strays, records }: CrowdServer, endings: readonly Ending[]): string[] {
  const problems = endings.flatMap((ending) => {
    const name = nameOf(ending.number);
    const record = records.get(name) ?? { requests: 0, rejections: 0, effects: [], responses: [] };
    const found = [
      ...contradictionsInRequests(record, kindOf(ending.number)),
      ...contradictionsInError(record, name, ending),
      ...contradictionsInValue(record, ending),
    ];
    return found.map((problem) => `${name} ${problem}`);
  });
  return [...problems, ...strays.map((stray) => `no call sent: ${stray}`)];
}

function contradictionsInRequests({ requests, effects }: CallRecord, { isRepeatable }: Kind): string[] {
  const problems: string[] = [];
  if (requests > MOST_REQUESTS) problems.push(`was sent ${requests} times`);
  if (new Set(effects).size > 1) problems.push(`had several effects: ${effects.join(", ")}`);
  if (!isRepeatable && effects.length > 1) problems.push(`was carried out ${effects.length} times`);
  return problems;
}

function contradictionsInValue({ effects, responses }: CallRecord, { value }: Ending): string[] {
  if (value === undefined) return [];
  const problems: string[] = [];
  if (effects.length === 0) problems.push("was acknowledged and never carried out");
  if (!responses.includes(value)) problems.push(`got the response of another call: ${value}`);
  return problems;
}

function contradictionsInError(
  { rejections, effects, responses }: CallRecord,
  name: string,
  { error }: Ending,
): string[] {
  if (!error) return [];
  const { errorCode, statusCode, requestId, attempts, mayHaveBeenProcessed, message } = error;
  if (!errorCode) return [`threw no error of the client: ${message}`];
  const problems: string[] = [];
  if (responses.length > 0) problems.push(`lost its response: ${message}`);
  if (statusCode !== undefined && requestId !== name) problems.push(`got the error of ${requestId}: ${message}`);
  if (effects.length > 0 && !mayHaveBeenProcessed)
    problems.push(`was carried out, and mayHaveBeenProcessed is false: ${message}`);
  // An attempt that the server never read may have used a connection that was just being closed; its fate is unknown.
  if (attempts === rejections && mayHaveBeenProcessed)
    problems.push(`was rejected, and mayHaveBeenProcessed is true: ${message}`);
  return problems;
}

/** Counts the endings of calls: with a value, or with an error by its code. */
export function countEndings(endings: readonly Ending[]): Record<string, number> {
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
