/** Makes one call under a fault and prints its outcome. The process exits when its event loop is empty. */
import { inspect } from "node:util";
import { Authsignal, AuthsignalError } from "../../src/index.ts";
import { SECRET } from "../support/clients.ts";
import { EARLIER_USER, OPERATIONS } from "./operations.ts";
import { play, readTask } from "./play.ts";
import type { ReportedError } from "./task.ts";

const task = readTask();

const authsignal = new Authsignal({
  apiSecretKey: SECRET,
  apiUrl: task.url,
  timeout: task.timeout,
  fetch: task.transport === "fetch" ? (request) => fetch(request) : undefined,
});

await play(task, {
  client: authsignal,
  earlier: () => authsignal.getUser({ userId: EARLIER_USER }),
  call: () => OPERATIONS[task.operation].call(authsignal),
  describe,
});

function describe(error: unknown): ReportedError {
  if (!(error instanceof AuthsignalError)) return { isTyped: false, message: inspect(error) };
  const { message, statusCode, errorCode, attempts, mayHaveBeenProcessed } = error;
  return { isTyped: true, message, statusCode, errorCode, attempts, mayHaveBeenProcessed };
}
