/** What compiles, and what must not: `tsc` is the judge, and an unused `@ts-expect-error` is an error of its own. */
import { VerificationMethod as OfficialMethod, UserActionState as OfficialState } from "@authsignal/node";
import { describe, expect, expectTypeOf, it } from "vitest";
import { type components, createAuthsignalClient, type paths } from "../../src/client.ts";
import {
  AuthScope,
  Authsignal,
  type AuthsignalError,
  type ErrorCode,
  type KnownErrorCode,
  type TrackResponse,
  type User,
  UserActionState,
  VerificationMethod,
} from "../../src/index.ts";
import { json, serve } from "../support/server.ts";

const authsignal = new Authsignal({ apiSecretKey: "sk_test" });
const api = createAuthsignalClient({ apiSecretKey: "sk_test" });

/** Calls that are here for the compiler, and never made. */
const compileOnly = (..._calls: (() => unknown)[]): void => {};

describe("the compiler", () => {
  it("knows the answers", () => {
    expectTypeOf(authsignal.getUser).returns.resolves.toEqualTypeOf<User>();
    expectTypeOf<User["isEnrolled"]>().toEqualTypeOf<boolean>();
    expectTypeOf<User["email"]>().toEqualTypeOf<string | undefined>();
    expectTypeOf(authsignal.revokeSession).returns.resolves.toEqualTypeOf<void>();
    expectTypeOf<TrackResponse["state"]>().toEqualTypeOf<UserActionState>();
    compileOnly(
      // @ts-expect-error: a misspelt field of an answer
      async () => (await authsignal.getUser({ userId: "u" })).isEnroled,
      // @ts-expect-error: the same in the typed client
      async () => (await api.GET("/users/{userId}", { params: { path: { userId: "u" } } })).data?.isEnroled,
    );
  });

  it("refuses wrong requests", () => {
    const path = { userId: "u", action: "a" };
    compileOnly(
      // @ts-expect-error: no request
      () => authsignal.getUser(),
      // @ts-expect-error: no id
      () => authsignal.getUser({}),
      // @ts-expect-error: an id of another type
      () => authsignal.getUser({ userId: 7 }),
      // @ts-expect-error: a misspelt attribute
      () => authsignal.track({ userId: "u", action: "a", attributes: { redirectURL: "https://app" } }),
      // @ts-expect-error: a rule's outcome, which is no state
      () => authsignal.updateAction({ ...path, idempotencyKey: "k", attributes: { state: "REVIEW" } }),
      // @ts-expect-error: a method that cannot be enrolled like this
      () => authsignal.enrollVerifiedAuthenticator({ userId: "u", attributes: { verificationMethod: "PUSH" } }),
      // @ts-expect-error: a misspelt option
      () => authsignal.getUser({ userId: "u" }, { timeOut: 5 }),
      // @ts-expect-error: an option in the place of a request
      () => authsignal.getAuthenticatorConfigurations({ timeout: 5 }),
      // @ts-expect-error: a region that is none
      () => new Authsignal({ apiSecretKey: "sk_test", region: "mars" }),
      // @ts-expect-error: a secret that is no string
      () => new Authsignal({ apiSecretKey: 7 }),
      // @ts-expect-error: a path that is none
      () => api.GET("/user/{userId}", { params: { path: { userId: "u" } } }),
      // @ts-expect-error: a path without that verb
      () => api.DELETE("/users", {}),
      // @ts-expect-error: a field of another type
      () => api.POST("/verify", { body: { challengeId: "c", verificationCode: 1 } }),
    );
    expectTypeOf<keyof paths>().toExtend<`/${string}`>();
  });

  it("leaves the enums open, and takes those of the official SDK", () => {
    expectTypeOf<"SOMETHING_NEW">().toExtend<UserActionState>();
    expectTypeOf<OfficialState>().toExtend<UserActionState>();
    expectTypeOf<OfficialMethod>().toExtend<VerificationMethod>();
    expectTypeOf(UserActionState.ALLOW).toEqualTypeOf<"ALLOW">();
    expectTypeOf<"something_new">().toExtend<ErrorCode>();
    expectTypeOf<components["schemas"]["KnownErrorCode"]>().toExtend<KnownErrorCode>();
    expect({ ...UserActionState }).toEqual({ ...OfficialState });
    expect({ ...VerificationMethod }).toEqual({ ...OfficialMethod });
    expect(AuthScope.readAuthenticators).toBe("read:authenticators");
    const attributes = { verificationMethod: OfficialMethod.SMS, phoneNumber: "+64" } as const;
    compileOnly(() => authsignal.enrollVerifiedAuthenticator({ userId: "u", attributes }));
  });

  it("narrows", async () => {
    await using server = await serve((response) => json(response, 404, { errorCode: "not_found" }));
    const typed = createAuthsignalClient({ apiSecretKey: "sk_test", apiUrl: server.url });
    const { data, error } = await typed.GET("/users/{userId}", { params: { path: { userId: "u" } } });
    if (error) expectTypeOf(data).toEqualTypeOf<undefined>();
    else expectTypeOf(data.isEnrolled).toEqualTypeOf<boolean>();
    expect(error?.errorCode).toBe("not_found");
  });

  it("knows that a status may be missing", () => {
    expectTypeOf<AuthsignalError["statusCode"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<AuthsignalError["mayHaveBeenProcessed"]>().toEqualTypeOf<boolean>();
  });
});
