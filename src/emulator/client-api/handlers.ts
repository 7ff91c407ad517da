import type { operations } from "../../../generated/client-api.ts";
import type { Answer, Body, Parameters } from "../../../generated/client-api-validators.js";
import type { Handler } from "../http/endpoint.ts";
import type { Visitor } from "./caller.ts";

/** A handler for each operation of the Client API, by its name. */
export type ClientApiHandlers = {
  readonly [Name in keyof operations]: Handler<Parameters<Name>, Body<Name>, Answer<Name>, [visitor: Visitor]>;
};
