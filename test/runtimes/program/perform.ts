import type * as authy from "../../../src/authy/index.ts";
import type * as typed from "../../../src/client.ts";
import type * as main from "../../../src/index.ts";
import { invoke } from "../../contract/calls.ts";
import type {
  CallbackTask,
  CallTask,
  DeliveryTask,
  Outcome,
  Refusal,
  Report,
  Task,
  Transport,
  TypedTask,
} from "../task.ts";

/** The package as the runtime resolved it. */
export interface Package {
  readonly main: Pick<
    typeof main,
    "Authsignal" | "AuthsignalError" | "CallConnect" | "InvalidSignatureError" | "Webhook"
  >;
  readonly typed: Pick<typeof typed, "createAuthsignalClient">;
  readonly authy: Pick<typeof authy, "AuthyApiClient">;
}

/** The package, the secret of the environment, and a client that was made at load time. */
export interface Equipment {
  readonly packed: Package;
  readonly secret: string;
  readonly kept: main.Authsignal;
}

const DURING = 300;

/** Performs a task, with features of every runtime only, and returns its outcome. */
export async function performAll(tasks: readonly Task[], equipment: Equipment): Promise<Report> {
  const outcomes: Outcome[] = [];
  for (const task of tasks) outcomes.push(await perform(task, equipment));
  const runtime: string | undefined = Object(Reflect.get(globalThis, "navigator")).userAgent;
  return { runtime, hasProcess: "process" in globalThis, outcomes };
}

async function perform(task: Task, equipment: Equipment): Promise<Outcome> {
  const controller = new AbortController();
  try {
    return { value: await answerTo(task, equipment, controller) };
  } catch (error) {
    const isReason = controller.signal.aborted && error === controller.signal.reason;
    return { refusal: isReason ? { type: "the caller's reason" } : refusalOf(error, equipment) };
  }
}

async function answerTo(task: Task, equipment: Equipment, controller: AbortController): Promise<unknown> {
  switch (task.kind) {
    case "call":
      return call(task, equipment, controller);
    case "kept":
      return equipment.kept.getUser({ userId: "usr_123" });
    case "typed":
      return callTyped(task, equipment);
    case "delivery":
      return receive(task, equipment);
    case "callback":
      return isGenuine(task, equipment);
  }
}

async function call(task: CallTask, { packed, secret }: Equipment, controller: AbortController): Promise<unknown> {
  const { apiUrl, timeout, retries, abort, transport } = task;
  const client = new packed.main[task.client]({
    apiSecretKey: secret,
    apiUrl,
    timeout,
    retries,
    fetch: fetchOf(transport),
  });
  if (!abort) return invoke(client, task.operation, task.request);
  const reason = new Error("The caller has other plans");
  if (abort === "before") controller.abort(reason);
  else setTimeout(() => controller.abort(reason), DURING);
  return invoke(client, task.operation, task.request, { signal: controller.signal });
}

async function callTyped({ apiUrl, transport }: TypedTask, { packed, secret }: Equipment): Promise<unknown> {
  const options = { apiSecretKey: secret, apiUrl, fetch: fetchOf(transport), retries: 0 };
  const { data, error, response } = await packed.typed
    .createAuthsignalClient(options)
    .POST("/users/{userId}/actions/{action}", {
      params: { path: { userId: "jo|1/2", action: "signIn" } },
      body: { idempotencyKey: "key_1", custom: { amount: 0 } },
    });
  return { data, error, status: response.status, retryAfter: response.headers.get("retry-after") };
}

async function receive({ secret, body, header }: DeliveryTask, { packed }: Equipment): Promise<unknown> {
  const webhook = new packed.main.Webhook(secret);
  const request = new Request("https://example.com", { method: "POST", headers: { "x-signature-v2": header }, body });
  const events = [
    webhook.constructEvent(body, header, 0),
    webhook.constructEvent(new TextEncoder().encode(body), header, 0),
    await webhook.constructEventFromRequest(request, 0),
  ];
  return { events, signed: webhook.sign(body, Number(/\d+/.exec(header)?.[0])) };
}

function isGenuine({ key, parts }: CallbackTask, { packed }: Equipment): boolean {
  return new packed.authy.AuthyApiClient({ apiKey: key }).oneTouch.validateOneTouchSignature(parts);
}

function fetchOf(transport: Transport): typeof fetch | undefined {
  return transport === "fetch" ? globalThis.fetch : undefined;
}

function refusalOf(error: unknown, { packed, secret }: Equipment): Refusal {
  if (error instanceof packed.main.InvalidSignatureError) return { type: error.name, message: error.message };
  if (!(error instanceof packed.main.AuthsignalError)) return { type: "unknown", message: `${error}` };
  const { name, message, statusCode, errorCode, attempts, mayHaveBeenProcessed, retryAfter, stack, cause } = error;
  const words = [message, stack, JSON.stringify(error), `${cause}`, Object(cause).stack];
  const tellsSecret = [secret, btoa(`${secret}:`)].some((key) => words.some((word) => `${word}`.includes(key)));
  return { type: name, message, statusCode, errorCode, attempts, mayHaveBeenProcessed, retryAfter, tellsSecret };
}
