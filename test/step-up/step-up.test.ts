import { describe, expect, test } from "vitest";
import type { ValidateChallengeResponse } from "../../src/index.ts";
import { hmacSha256 } from "../../src/platform/hmac.ts";
import { createStepUp, memoryStore, type StepUpOptions, type StepUpRequest } from "../../src/step-up/index.ts";
import { action, cookieOf, returnUrl, secret, service, stepUpAt, userId } from "../support/step-up.ts";

const withToken = (cookie: string, token = "aaa.bbb.ccc"): StepUpRequest => ({ headers: { cookie: cookie + token } });

/** Begins an attempt, and returns the request whose response is the attempt. */
async function confirmed(stepUp = stepUpAt(), amount = 5): Promise<StepUpRequest> {
  const { response } = await stepUp.begin({ userId }, amount);
  return withToken(cookieOf(response)[0]);
}

describe("begin", () => {
  test("tracks the action with the return URL and an idempotency key of the server, never of the caller", async () => {
    const authsignal = service();
    const attributes = { ipAddress: "203.0.113.7", redirectUrl: "https://evil.example.com", idempotencyKey: "theirs" };
    const { response } = await stepUpAt(authsignal).begin({ userId, attributes }, 5);
    expect(authsignal.tracked).toEqual([
      {
        userId,
        action,
        attributes: {
          ipAddress: "203.0.113.7",
          redirectUrl: returnUrl,
          idempotencyKey: expect.stringMatching(/^.{36}$/),
        },
      },
    ]);
    expect(authsignal.tracked[0]?.attributes?.idempotencyKey).not.toBe("theirs");
    expect([response?.status, response?.headers.get("location")]).toEqual([303, "https://mfa.example.com/?token=t"]);
  });

  test("limits the cookie to the return, in time and in place", async () => {
    const { response } = await stepUpAt().begin({ userId }, 5);
    expect(cookieOf(response)[1]).toEqual([
      "Max-Age=900",
      "Path=/withdraw/return",
      "HttpOnly",
      "SameSite=Lax",
      "Secure",
    ]);
    expect(response?.headers.get("cache-control")).toBe("no-store");
    expect(response?.headers.get("referrer-policy")).toBe("no-referrer");
    expect(response?.headers.getSetCookie()).toHaveLength(1);
  });

  test("does without Secure on this machine, where there is no TLS", async () => {
    const { response } = await stepUpAt(service(), { returnUrl: "http://127.0.0.1:3000/back" }).begin({ userId }, 5);
    expect(cookieOf(response)[1]).toEqual(["Max-Age=900", "Path=/back", "HttpOnly", "SameSite=Lax"]);
  });

  test.each([
    ["BLOCK", "blocked"],
    ["REVIEW_REQUIRED", "review"],
    ["REVIEW_FAILED", "blocked"],
    ["CHALLENGE_FAILED", "blocked"],
    ["A_STATE_OF_TOMORROW", "blocked"],
  ])("refuses %s as %s", async (state, reason) => {
    const { attempt, refused, response } = await stepUpAt(service({ track: { state } })).begin({ userId }, 5);
    expect([attempt, refused, response?.status]).toEqual([undefined, reason, 403]);
    expect(response?.headers.get("set-cookie")).toBeNull();
  });
});

describe("finish", () => {
  test("validates the token for the user and the action, and returns the attempt that was begun", async () => {
    const authsignal = service();
    const stepUp = stepUpAt(authsignal);
    const { attempt } = await stepUp.finish(await confirmed(stepUp, 7), userId);
    expect(authsignal.validated).toEqual([{ token: "aaa.bbb.ccc", userId, action }]);
    const idempotencyKey = authsignal.tracked[0]?.attributes?.idempotencyKey;
    expect(attempt).toEqual({ userId, action, idempotencyKey, data: 7 });
  });

  test.each<[kind: string, headersOf: (cookie: string) => StepUpRequest["headers"]]>([
    ["in another case", (cookie) => ({ Cookie: cookie })],
    ["in an array", (cookie) => ({ cookie: ["a=b", cookie] })],
    ["in a Map", (cookie) => new Map([["Cookie", cookie]])],
  ])("finds the cookie header %s", async (_kind, headersOf) => {
    const stepUp = stepUpAt();
    const { headers } = await confirmed(stepUp);
    const request = { headers: headersOf(String(Reflect.get(headers, "cookie"))) };
    expect((await stepUp.finish(request, userId)).attempt?.data).toBe(5);
  });

  test("reads web requests as well", async () => {
    const stepUp = stepUpAt();
    const { headers } = await confirmed(stepUp);
    const request = new Request(returnUrl, { headers: { cookie: String(Reflect.get(headers, "cookie")) } });
    expect((await stepUp.finish(request, userId)).attempt?.data).toBe(5);
  });

  test.each(["CHALLENGE_REQUIRED", "CHALLENGE_FAILED", "BLOCK"])("refuses as not_confirmed: %s", async (state) => {
    const stepUp = stepUpAt(service({ validation: { isValid: false, state } }));
    const result = await stepUp.finish(await confirmed(stepUp), userId);
    expect(result).toMatchObject({ refused: "not_confirmed", response: { status: 403 } });
  });

  test.each<[string, Partial<ValidateChallengeResponse>]>([
    ["no success", { isValid: false }],
    ["a token that is worth nothing", { isValid: false, state: undefined }],
    ["another attempt", { idempotencyKey: "another" }],
    ["no attempt", { idempotencyKey: undefined }],
    ["another user", { userId: "bob" }],
    ["no user", { userId: undefined }],
    ["another action", { action: "sign-in" }],
    ["no action", { action: undefined }],
  ])("refuses a validation with %s", async (_what, validation) => {
    const stepUp = stepUpAt(service({ validation }));
    const request = await confirmed(stepUp);
    expect(await stepUp.finish(request, userId)).toMatchObject({ refused: "over", response: { status: 403 } });
  });

  test.each([undefined, null, "", "bob"])(
    "refuses the cookie of another user to %s, and does not validate it",
    async (other) => {
      const authsignal = service();
      const stepUp = stepUpAt(authsignal);
      const request = await confirmed(stepUp);
      expect((await stepUp.finish(request, other)).refused).toBe("over");
      expect(authsignal.validated).toEqual([]);
      expect((await stepUp.finishSignIn(request)).attempt?.userId).toBe(userId);
    },
  );

  test("refuses a cookie that was changed or forged, and does not validate it", async () => {
    const authsignal = service();
    const stepUp = stepUpAt(authsignal);
    const { headers } = await confirmed(stepUp);
    const cookie = String(Reflect.get(headers, "cookie"));
    const [payload = "", signature = ""] = cookie.slice("step-up=".length).split(":");
    const ofBob = encodeURIComponent(JSON.stringify(["key", "bob", action, Date.now() + 1e6]));
    const forged = [
      `step-up=${payload}:${hmacSha256(secret, decodeURIComponent(payload))}:t`,
      `step-up=${payload}:${hmacSha256(secret, payload)}:t`,
      cookie.replace("anna", "bobb"),
      `step-up=${ofBob}:${signature}:t`,
      `step-up=${payload}:${"A".repeat(signature.length)}:t`,
      `step-up=${payload}:${signature.slice(0, -2)}:t`,
      `x${cookie}`,
      "step-up=%:%:t",
      "step-up=",
    ];
    for (const one of forged) {
      const results = await Promise.all([
        stepUp.finish({ headers: { cookie: one } }, userId),
        stepUp.finishSignIn({ headers: { cookie: one } }),
      ]);
      expect([one, ...results.map(({ refused }) => refused)]).toEqual([one, "over", "over"]);
    }
    expect(authsignal.validated).toEqual([]);
    expect((await stepUp.finish({ headers: { cookie: `a=b;${cookie}; c` } }, userId)).attempt).toBeDefined();
  });

  test("finds its cookie beside planted ones", async () => {
    const stepUp = stepUpAt();
    const planted = await stepUp.begin({ userId: "mallory" }, 1_000_000);
    const { headers } = await confirmed(stepUp);
    const cookie = `${cookieOf(planted.response)[0]}stolen; ${Reflect.get(headers, "cookie")}`;
    expect((await stepUp.finish({ headers: { cookie } }, userId)).attempt?.data).toBe(5);
  });

  test.each<[string, Partial<StepUpOptions<number>>]>([
    ["another secret", { secret: `${secret}.` }],
    ["another action", { action: "sign-in" }],
  ])("refuses a cookie of %s", async (_what, options) => {
    const authsignal = service();
    const store = memoryStore<number>();
    const request = await confirmed(stepUpAt(authsignal, { store, ...options }));
    expect((await stepUpAt(authsignal, { store }).finish(request, userId)).refused).toBe("over");
    expect(authsignal.validated).toEqual([]);
  });

  test("refuses a cookie that has expired", async () => {
    const stepUp = stepUpAt(service(), { lifetime: 0 });
    expect((await stepUp.finish(await confirmed(stepUp), userId)).refused).toBe("over");
  });

  test("refuses a request without a token", async () => {
    const authsignal = service();
    const stepUp = stepUpAt(authsignal);
    const { response } = await stepUp.begin({ userId }, 5);
    expect((await stepUp.finish(withToken(cookieOf(response)[0], ""), userId)).refused).toBe("not_confirmed");
    expect((await stepUp.finish({ headers: {} }, userId)).refused).toBe("over");
    expect(authsignal.validated).toEqual([]);
  });

  test("takes the token out of the address, and does not validate it yet", async () => {
    const authsignal = service();
    const stepUp = stepUpAt(authsignal);
    const begun = cookieOf((await stepUp.begin({ userId }, 5)).response)[0];
    const url = "/withdraw/return?x=1&token=aaa.bbb-_.ccc&token=other&redirectUrl=https://evil.example.com";
    const { response } = await stepUp.finish({ url, headers: { cookie: begun } }, userId);
    expect([response?.status, response?.headers.get("location")]).toEqual([303, returnUrl]);
    expect(cookieOf(response)[0]).toBe(`${begun}aaa.bbb-_.ccc`);
    expect(cookieOf(response)[1].slice(1)).toEqual(["Path=/withdraw/return", "HttpOnly", "SameSite=Lax", "Secure"]);
    expect(authsignal.validated).toEqual([]);
  });

  test.each(["a; Path=/", "a\r\nSet-Cookie: b=c", "a,b", "ä", ""])("keeps %j out of the cookie", async (token) => {
    const stepUp = stepUpAt();
    const begun = cookieOf((await stepUp.begin({ userId }, 5)).response)[0];
    const url = `${returnUrl}?token=${encodeURIComponent(token)}`;
    const { response } = await stepUp.finish({ url, headers: { cookie: begun } }, userId);
    expect([response?.headers.get("location"), cookieOf(response)[0]]).toEqual([returnUrl, begun]);
  });

  test("sets no cookie in a browser without one", async () => {
    const { response } = await stepUpAt().finish({ url: "/?token=t", headers: {} }, userId);
    expect([response?.status, response?.headers.get("set-cookie")]).toEqual([303, null]);
  });
});

describe("the store", () => {
  test("returns each attempt once", async () => {
    const stepUp = stepUpAt();
    const request = await confirmed(stepUp);
    const results = await Promise.all([stepUp.finish(request, userId), stepUp.finish(request, userId)]);
    expect(results.map(({ attempt, refused }) => refused ?? attempt?.data).sort()).toEqual([5, "over"]);
  });

  test("rejects when it fails, so that no action gets past it", async () => {
    const broken = { put: () => {}, take: () => Promise.reject(new Error("The database is down")) };
    const stepUp = stepUpAt(service(), { store: broken });
    await expect(stepUp.finish(await confirmed(stepUp), userId)).rejects.toThrow("The database is down");
  });

  test("in memory, refuses an attempt of another process", async () => {
    const authsignal = service();
    expect((await stepUpAt(authsignal).finish(await confirmed(stepUpAt(authsignal)), userId)).refused).toBe("over");
  });

  test("in memory, deletes attempts that have expired", () => {
    const store = memoryStore<number>();
    const attempt = (idempotencyKey: string) => ({ userId, action, idempotencyKey, data: 1 });
    store.put(attempt("old"), new Date(0));
    store.put(attempt("new"), new Date(Date.now() + 1e6));
    expect([store.take("old"), store.take("new"), store.take("new")]).toEqual([undefined, attempt("new"), undefined]);
  });
});

describe("options", () => {
  test.each([
    "http://app.example.com/return",
    "http://127.0.0.1.example.com/return",
    "http://localhost.example.com/return",
    "http://localhost:x@app.example.com/return",
    "https://app.example.com/return\n",
    "https://app.example.com/return?a=b",
    "https://app.example.com/return#a",
    "https://app.example.com/a;b",
    "/return",
    "https://",
    "",
  ])("refuse a return address like %j", (address) => {
    expect(() => stepUpAt(service(), { returnUrl: address })).toThrow(/invalid_argument: returnUrl must be/);
  });

  test.each(["http://localhost:3000/return", "http://[::1]:3000/", "https://app.example.com/"])(
    "take a return address like %j",
    (address) => {
      expect(() => stepUpAt(service(), { returnUrl: address })).not.toThrow();
    },
  );

  test.each(["", "short", undefined])("refuse %j as a secret", (weak) => {
    const options = JSON.parse(JSON.stringify({ returnUrl, action, secret: weak }));
    expect(() => createStepUp({ authsignal: service(), ...options })).toThrow(
      /invalid_argument: secret (must have|is missing)/,
    );
  });

  test("refuse an unknown one by name, and read none of Object.prototype", async () => {
    const misspelled: object = { ifnotenrolled: "allow" };
    expect(() => stepUpAt(service(), misspelled)).toThrow(/no option "ifnotenrolled"\. Did you mean ifNotEnrolled\?/);
    Object.defineProperty(Object.prototype, "ifNotEnrolled", { value: "allow", configurable: true, writable: true });
    try {
      const { attempt } = await stepUpAt(service({ track: { state: "ALLOW", isEnrolled: false } })).begin(
        { userId },
        5,
      );
      expect(attempt).toBeUndefined();
    } finally {
      Reflect.deleteProperty(Object.prototype, "ifNotEnrolled");
    }
  });

  test.each(["authsignal", "action", "returnUrl", "secret"])("refuse a missing %s", (name) => {
    const missing: object = { [name]: undefined };
    expect(() => stepUpAt(service(), missing)).toThrow(new RegExp(`invalid_argument: ${name} is missing`));
  });
});
