import type { operations } from "../../../generated/authsignal.ts";
import { routes } from "../../../generated/authsignal-data.ts";
import {
  type Body,
  bodies,
  type Parameters,
  parameters,
  type ResponseBody,
  responses,
} from "../../../generated/authsignal-validators.js";
import type { operations as callConnectOperations } from "../../../generated/call-connect.ts";
import { routes as callConnectRoutes } from "../../../generated/call-connect-data.ts";
import * as callConnectSpec from "../../../generated/call-connect-validators.js";
import { createEndpoints, type Endpoint } from "../http/endpoint.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { actions } from "./actions.ts";
import { authenticators } from "./authenticators.ts";
import { calls } from "./call-connect.ts";
import { challenges } from "./challenges.ts";
import { devices } from "./devices.ts";
import type { ServerApiHandlers } from "./handlers.ts";
import { sessions } from "./sessions.ts";
import { users } from "./users.ts";

const handlers: ServerApiHandlers = { ...users, ...authenticators, ...actions, ...challenges, ...sessions, ...devices };

const endpoints = createEndpoints<
  { [Name in keyof operations]: Parameters<Name> },
  { [Name in keyof operations]: Body<Name> },
  { [Name in keyof operations]: ResponseBody<Name> },
  Tenant
>({ routes, parameters, bodies, responses, handlers });

/**
 * `POST /users/{userId}`, the documented alias of `updateUser` that the Java and Ruby SDKs call. The first match is served:
 * as the last route, it leaves `POST /users/authenticators` to the operation of that path.
 */
const aliases = endpoints
  .filter(({ name }) => name === "updateUser")
  .map((endpoint) => ({ ...endpoint, method: "POST" }));

/** The endpoints of the Server API. */
export const serverApi: readonly Endpoint<Tenant>[] = [...endpoints, ...aliases];

/** The endpoints of Call Connect. */
export const callConnect: readonly Endpoint<Tenant>[] = createEndpoints<
  { [Name in keyof callConnectOperations]: callConnectSpec.Parameters<Name> },
  { [Name in keyof callConnectOperations]: callConnectSpec.Body<Name> },
  { [Name in keyof callConnectOperations]: callConnectSpec.ResponseBody<Name> },
  Tenant
>({ routes: callConnectRoutes, ...callConnectSpec, handlers: calls });
