/**
 * The typed client of Authsignal: paths, verbs, parameters, bodies and responses are those of its spec.
 *
 * @packageDocumentation
 */
export type { components, operations, paths, webhooks } from "../generated/authsignal.ts";
export { type AuthsignalClient, createAuthsignalClient } from "./authsignal/client.ts";
export type { AuthsignalOptions } from "./authsignal/options.ts";
export type { Region } from "./authsignal/regions.ts";
export { AuthsignalError, type ErrorCode, type ErrorDetails, type KnownErrorCode } from "./errors.ts";
export type { Hooks, RequestEvent, ResponseEvent } from "./http/hooks.ts";
export type { ConnectionOptions, OwnHeaders } from "./http/options.ts";
export type { Fetch, FetchInit, HttpAgent } from "./http/transport.ts";
