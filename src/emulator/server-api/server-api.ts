import type { operations } from "../../../generated/authsignal.ts";
import { routes } from "../../../generated/authsignal-data.ts";
import {
  type Answer,
  answers,
  type Body,
  bodies,
  type Parameters,
  parameters,
} from "../../../generated/authsignal-validators.js";
import type { operations as callConnectOperations } from "../../../generated/call-connect.ts";
import { routes as callConnectRoutes } from "../../../generated/call-connect-data.ts";
import * as callConnectSpec from "../../../generated/call-connect-validators.js";
import { createEndpoints, type Endpoint } from "../http/endpoint.ts";
import { actions } from "./actions.ts";
import { authenticators } from "./authenticators.ts";
import { calls } from "./call-connect.ts";
import { challenges } from "./challenges.ts";
import { devices } from "./devices.ts";
import type { ServerApiHandlers } from "./handlers.ts";
import { sessions } from "./sessions.ts";
import { users } from "./users.ts";

const handlers: ServerApiHandlers = { ...users, ...authenticators, ...actions, ...challenges, ...sessions, ...devices };

const described = createEndpoints<
  { [Name in keyof operations]: Parameters<Name> },
  { [Name in keyof operations]: Body<Name> },
  { [Name in keyof operations]: Answer<Name> }
>({ routes, parameters, bodies, answers, handlers });

/** The documented alias that the Java and Ruby SDKs use. It comes last, because POST /users/authenticators is another operation. */
const aliases = described
  .filter(({ name }) => name === "updateUser")
  .map((endpoint) => ({ ...endpoint, method: "POST" }));

/** The operations of the Server API. */
export const serverApi: readonly Endpoint[] = [...described, ...aliases];

/** The operations of Call Connect. */
export const callConnect: readonly Endpoint[] = createEndpoints<
  { [Name in keyof callConnectOperations]: callConnectSpec.Parameters<Name> },
  { [Name in keyof callConnectOperations]: callConnectSpec.Body<Name> },
  { [Name in keyof callConnectOperations]: callConnectSpec.Answer<Name> }
>({ routes: callConnectRoutes, ...callConnectSpec, handlers: calls });
