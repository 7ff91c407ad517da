import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import * as errors from "../src/errors.ts";

const { AuthsignalError, InvalidSignatureError } = errors;

/** A second copy of the module, as in a program that loads the ESM and the CommonJS build. */
const copy: typeof errors = await import(`../src/errors.ts?${"copy"}`);

describe("instanceof", () => {
  it("recognizes the errors of another copy", () => {
    expect(copy.AuthsignalError).not.toBe(AuthsignalError);
    expect(new copy.AuthsignalError(401, "unauthorized") instanceof AuthsignalError).toBe(true);
    expect(new AuthsignalError(401, "unauthorized") instanceof copy.AuthsignalError).toBe(true);
    expect(new copy.InvalidSignatureError("no") instanceof InvalidSignatureError).toBe(true);
  });

  it("distinguishes the classes", () => {
    expect(new InvalidSignatureError("no") instanceof AuthsignalError).toBe(false);
    expect(new AuthsignalError(401, "unauthorized") instanceof InvalidSignatureError).toBe(false);
    for (const value of [undefined, null, "AuthsignalError", {}, new Error("no"), { name: "AuthsignalError" }]) {
      expect(value instanceof AuthsignalError).toBe(false);
    }
  });

  it("recognizes only its own instances for a subclass", () => {
    class Mine extends AuthsignalError {}
    class Other extends copy.AuthsignalError {}
    expect(new Mine(401, "unauthorized") instanceof Mine).toBe(true);
    expect(new Mine(401, "unauthorized") instanceof AuthsignalError).toBe(true);
    expect(new AuthsignalError(401, "unauthorized") instanceof Mine).toBe(false);
    expect(new Other(401, "unauthorized") instanceof Mine).toBe(false);
    expect(new Other(401, "unauthorized") instanceof AuthsignalError).toBe(true);
  });
});

describe("an error", () => {
  it("shows control characters of the service as escapes", () => {
    const error = new AuthsignalError(400, "bad\u001b[2J", "first\nsecond\u202e\u009b", { requestId: "id\r" });
    expect(error.message).toBe("400 bad\\u001b[2J: first\\u000asecond\\u202e\\u009b");
    expect(error).toMatchObject({ errorCode: "bad\\u001b[2J", requestId: "id\\u000d" });
    expect(error.errorDescription).toBe("first\\u000asecond\\u202e\\u009b");
  });

  it("has the name of its class, which a program may change", () => {
    const error = new AuthsignalError(400, "invalid_request");
    expect(error.name).toBe("AuthsignalError");
    expect(inspect(error)).toMatch(/^AuthsignalError: 400 invalid_request/);
    error.name = "Mine";
    expect(error.name).toBe("Mine");
  });
});
