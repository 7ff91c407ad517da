import jwt from "jsonwebtoken";
import type { LoggedRequest } from "../state/rows.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { Step } from "./timeline.ts";
import { SMALL_OFFSET } from "./inspector-view.ts";

/** What calls of the API did with actions and challenges, by the id of the action or challenge. */
export type Calls = ReadonlyMap<string, readonly Step[]>;

/** How far back the request log is read. */
const MOST_REQUESTS = 300;

/** Finds in the request log what no row tells: tokens that were validated, and codes that came too often. */
export function callsOf(tenant: Tenant): Calls {
  const steps = new Map<string, Step[]>();
  for (const request of [...tenant.requests.newest(MOST_REQUESTS)].reverse()) {
    const found = stepOf(request);
    if (!found) continue;
    const [id, step] = found;
    steps.set(id, [...(steps.get(id) ?? []), { ...step, ...timeOf(tenant, request) }]);
  }
  return steps;
}

function stepOf({ operation, body, answer, problem }: LoggedRequest): [id: string, step: Step] | undefined {
  const { token, challengeId } = Object(body);
  const { isValid, error, state, isVerified, failureReason } = Object(answer);
  switch (operation) {
    case "validateChallenge":
      return isValid === true
        ? [actionIdOf(token), { tone: "good", words: "Token validated" }]
        : [actionIdOf(token), { tone: "bad", words: "Token not valid", note: text(error ?? problem ?? state) }];
    case "createSession":
      return problem === undefined
        ? [actionIdOf(token), { tone: "good", words: "Session made with the token" }]
        : [actionIdOf(token), { tone: "bad", words: "No session made with the token", note: problem }];
    case "verify":
      return isVerified === false && failureReason === "MAX_ATTEMPTS_EXCEEDED"
        ? [text(challengeId), { tone: "bad", words: "Too many codes were tried" }]
        : undefined;
    default:
      return undefined;
  }
}

/** The log keeps real time, which is the tenant's unless its clock was moved. */
function timeOf({ state }: Tenant, { receivedAt }: LoggedRequest): Pick<Step, "at"> {
  const { offset = 0, frozenAt } = state.clock.value;
  return Math.abs(offset) < SMALL_OFFSET && frozenAt === undefined ? { at: receivedAt } : {};
}

/** The action that a token names. Nothing is checked. */
function actionIdOf(token: unknown): string {
  try {
    return text(Object(jwt.decode(text(token))).actionId);
  } catch {
    return "";
  }
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
