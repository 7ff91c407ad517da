import type { Client } from "openapi-fetch";
import type { operations as CallConnectOperations, components, paths } from "../../generated/call-connect.ts";
import { operations, servers } from "../../generated/call-connect-data.ts";
import { type Connected, connect } from "../http/client.ts";
import {
  type CallOptions,
  CONNECTION_OPTIONS,
  type ConnectionOptions,
  optionChecks,
  withoutTrailingSlash,
} from "../http/options.ts";
import { unwrap } from "../http/response.ts";
import { readOptions } from "../platform/own-options.ts";
import type { SchemaOf } from "../platform/spec-types.ts";
import { authsignalApi, authsignalHeaders, basicAuthorization } from "./api.ts";

/** One method for each operation of the spec. The compiler reports a missing method. */
type Operations = Record<keyof CallConnectOperations, (request: never, options?: CallOptions) => Promise<unknown>>;

type Schema<Name extends keyof components["schemas"]> = SchemaOf<components, Name>;

/** A call, and how to reach the person on the phone. */
export interface StartCallRequest extends Schema<"StartCallRequest"> {}

/** The message that was sent. */
export interface StartCallResponse extends Schema<"StartCallResponse"> {}

/** A call, and how its verification ended. */
export interface FinishCallRequest extends Schema<"FinishCallRequest"> {}

/** Whether the end was recorded. */
export interface FinishCallResponse extends Schema<"FinishCallResponse"> {}

/** The address and key of Call Connect, and how it is called. */
export interface CallConnectOptions extends ConnectionOptions {
  /** The secret key of the Call Connect API, which is another key than that of the Server API. */
  apiSecretKey: string;
  /** The address of the API. Default: the host of the US region, the only one known. */
  apiUrl?: string | undefined;
}

const OPTIONS = { ...CONNECTION_OPTIONS, apiSecretKey: true, apiUrl: true } satisfies Record<
  keyof CallConnectOptions,
  true
>;

const callConnectApi = authsignalApi(operations);
const checks = optionChecks(callConnectApi);

/** The property that holds the connection of a client. It is no private field, for the reasons given in `authsignal.ts`. */
const CONNECTION = Symbol("authsignal-ts.connection");

/** Returns the typed client, for a call with these options. */
function api(client: object, options: CallOptions | undefined): Client<paths> {
  const { client: clientFor }: Connected<paths> = Reflect.get(client, CONNECTION);
  return clientFor(options);
}

/** Call Connect: verifies who is calling your support team. It has its own host and its own key. */
export class CallConnect implements Operations {
  /** The base URL of the calls. */
  readonly apiUrl: string;

  /** @throws AuthsignalError `invalid_argument` when an option cannot be used. */
  constructor(given: CallConnectOptions) {
    const options = readOptions(given, OPTIONS, checks.refuse);
    const secret = checks.secret(options.apiSecretKey, "apiSecretKey");
    const { apiUrl = servers.default, allowInsecureHttp = false } = options;
    this.apiUrl = withoutTrailingSlash(checks.apiUrl(apiUrl, allowInsecureHttp));
    const target = {
      api: callConnectApi,
      baseUrl: this.apiUrl,
      secret,
      headers: authsignalHeaders,
      credentials: basicAuthorization(secret),
    };
    Object.defineProperty(this, CONNECTION, { value: connect<paths>(target, options), configurable: true });
  }

  /**
   * Sends the caller a message with which they verify themselves. Never retried once the message may have been sent.
   * The response can be a success and still hold an `errorCode`: check that field. `POST /call/start`
   */
  async startCall(request: StartCallRequest, options?: CallOptions): Promise<StartCallResponse> {
    return unwrap(api(this, options).POST("/call/start", { body: request }));
  }

  /** Records how the verification of a caller ended. `POST /call/finish` */
  async finishCall(request: FinishCallRequest, options?: CallOptions): Promise<FinishCallResponse> {
    return unwrap(api(this, options).POST("/call/finish", { body: request }));
  }
}
