import { describe, expect, it } from "vitest";
import { version } from "../../generated/version.ts";
import { AuthyApiClient, AuthyError, createAuthyClient } from "../../src/authy/index.ts";
import { AUTHY_ID, authyAt, KEY } from "../support/authy/support.ts";
import { failureOf } from "../support/clients.ts";
import { json, serve } from "../support/server.ts";

// A caller without a compiler can pass any value: Reflect.apply stands for such a call.
async function refused(resource: string, method: string, ...args: unknown[]): Promise<unknown> {
  await using server = await serve((response) => json(response, 200, {}));
  const part: object = Reflect.get(authyAt(server.url), resource);
  const failure = await failureOf(Reflect.apply(Reflect.get(part, method), part, args));
  expect(server.received).toEqual([]);
  expect(failure).toBeInstanceOf(AuthyError);
  expect(failure).toMatchObject({ errorCode: "invalid_argument", attempts: 0, mayHaveBeenProcessed: false });
  return Object(failure).errorDescription;
}

const PHONE = { phoneNumber: "415-555-0137", countryCode: 1 };
const LONG = "x".repeat(201);

describe("an argument that is refused before anything is sent", () => {
  it.each([-1, 0, "0", 1.5, 2 ** 53, Number.NaN, "", "12a", " 12", "١٢", null, undefined, {}, [1]])(
    "an Authy id of %j",
    async (id) => {
      expect(await refused("users", "requestSms", id)).toMatch(/^The Authy id must be a whole number/);
      expect(await refused("tokens", "verify", id, "0297731")).toMatch(/^The Authy id/);
    },
  );

  it.each(["12345", "1234567890123", "12345a", "123 456", "", null, undefined])("a token of %j", async (token) => {
    expect(await refused("tokens", "verify", AUTHY_ID, token)).toBe("token must be a string of 6 to 12 digits");
  });

  it("a code that lost its leading zero by being a number", async () => {
    expect(await refused("tokens", "verify", AUTHY_ID, 297731)).toMatch(/^token must be a string: /);
    const request = { ...PHONE, verificationCode: 1234 };
    expect(await refused("phones", "verificationCheck", request)).toMatch(/^verificationCode must be a string: /);
  });

  it.each([
    [{ ...PHONE, via: "fax" }, 'via must be "sms" or "call"'],
    [{ ...PHONE, codeLength: 3 }, "codeLength must be a whole number from 4 to 10"],
    [{ ...PHONE, codeLength: 11 }, "codeLength must be a whole number from 4 to 10"],
    [{ ...PHONE, codeLength: 4.5 }, "codeLength must be a whole number from 4 to 10"],
    [{ ...PHONE, customCode: "12" }, "customCode must be a string of 4 to 10 digits"],
    [
      { phoneNumber: "12345", countryCode: 1 },
      "No phone number of country code 1 can look like this. Write it like +1 415-555-0137",
    ],
    [
      { phoneNumber: "415-555-0137" },
      "The country code is missing: pass it, or begin the number with a plus sign. Write it like +1 415-555-0137",
    ],
    [{ countryCode: 1 }, "The phone number is missing. Write it like +1 415-555-0137"],
    [undefined, "The request must be an object with named fields"],
  ])("a phone verification like %j", async (request, problem) => {
    expect(await refused("phones", "verificationStart", request)).toBe(problem);
  });

  it.each(["123", "12345678901", "12a4", "", undefined])("a verification code of %j", async (verificationCode) => {
    const problem = await refused("phones", "verificationCheck", { ...PHONE, verificationCode });
    expect(problem).toBe("verificationCode must be a string of 4 to 10 digits");
  });

  it.each([
    [{ message: "" }, "message must be a text that is not empty"],
    [{ message: "  " }, "message must be a text that is not empty"],
    [{ message: LONG }, "message must have at most 200 characters"],
    [{ message: "m", details: { Amount: 1 } }, 'details["Amount"] must be a string'],
    [{ message: "m", details: ["x"] }, "details must be an object of texts"],
    [{ message: "m", details: { [LONG]: "x" } }, "The names and values of details must have at most 200 characters"],
    [
      { message: "m", hiddenDetails: { id: LONG } },
      "The names and values of hiddenDetails must have at most 200 characters",
    ],
    [{ message: "m", logos: {} }, "logos must be a list"],
    [
      { message: "m", logos: [{ res: "huge", url: "https://a.b/c" }] },
      "logos[0].res must be one of default, low, med, high",
    ],
    [{ message: "m", logos: [{ res: "low", url: "logo.png" }] }, "logos[0].url must be a URL"],
    [{ message: "m", logos: [{ res: "low", url: "https://a.b/c", size: 1 }] }, "logos[0] may have res and url only"],
    [{ message: "m", secondsToExpire: -1 }, "secondsToExpire must be a whole number from 0"],
    [{ message: "m", secondsToExpire: 1.5 }, "secondsToExpire must be a whole number from 0"],
  ])("an approval request %#", async (request, problem) => {
    expect(await refused("oneTouch", "sendRequest", AUTHY_ID, request)).toBe(problem);
  });

  it.each([
    [{ email: "mira", cellphone: "415-555-0137" }, "email must be an e-mail address"],
    [{ cellphone: "415-555-0137" }, "email must be an e-mail address"],
    [
      { email: "mira@example.com", cellphone: "5550137" },
      "No phone number of country code 1 can look like this. Write it like +1 415-555-0137",
    ],
    [
      { email: "mira@example.com", cellphone: "415-555-0137", countryCode: "US" },
      "The country code must be a calling code, such as 1 or 57. Write it like +1 415-555-0137",
    ],
  ])("a user like %j", async (request, problem) => {
    expect(await refused("users", "create", request)).toBe(problem);
  });

  it("a QR code of no size, an activity of no kind, a name that is empty", async () => {
    expect(await refused("users", "generateQr", AUTHY_ID, { size: "300" })).toBe("size must be a whole number from 1");
    expect(await refused("users", "registerActivity", AUTHY_ID, { type: "dance" })).toMatch(
      /^type must be one of password_reset/,
    );
    expect(await refused("users", "registrationStatus", "")).toBe("customUserId must be a text that is not empty");
    expect(await refused("oneTouch", "getApprovalStatus", "..")).toMatch(/uuid must not be "\.\."/);
  });

  it.each([undefined, null, "", "a b", Number.NaN, -3, {}, 2 ** 53])("a device id of %j", async (id) => {
    expect(await refused("devices", "delete", id)).toMatch(/^deviceId must be a whole number/);
  });

  it.each(["", "no", "true", 0, 1, {}])("a force of %j, which the service could read either way", async (force) => {
    expect(await refused("tokens", "verify", AUTHY_ID, "0297731", { force })).toBe("force must be true or false");
    expect(await refused("users", "requestSms", AUTHY_ID, { force })).toBe("force must be true or false");
    const user = { email: "mira@example.com", cellphone: "415-555-0137", sendInstallLinkViaSms: force };
    expect(await refused("users", "create", user)).toBe("sendInstallLinkViaSms must be true or false");
  });

  it.each([
    ["users", "requestSms", AUTHY_ID, { locale: 5 }, "locale must be a text"],
    ["users", "delete", AUTHY_ID, { userIp: { a: 1 } }, "userIp must be a text"],
    ["users", "generateQr", AUTHY_ID, { label: {} }, "label must be a text"],
    ["users", "registerActivity", AUTHY_ID, { type: "banned", data: "x" }, "data must be an object"],
    ["apps", "fetch", { userIp: 5 }, undefined, "userIp must be a text"],
    ["phones", "verificationStart", { ...PHONE, customMessage: {} }, undefined, "customMessage must be a text"],
    ["phones", "verificationStatus", undefined, undefined, "The request must be an object with named fields"],
    ["phones", "verificationStatus", { uuid: "" }, undefined, "uuid must be a text that is not empty"],
  ])("%s.%s with a wrong value", async (resource, method, first, second, problem) => {
    expect(await refused(resource, method, first, second)).toBe(problem);
  });
});

describe("the options", () => {
  it.each<[object, RegExp]>([
    [{}, /^apiKey is missing/],
    [{ apiKey: " " }, /^apiKey is empty/],
    [{ apiKey: KEY, apiUrl: "api.authy.com" }, /^apiUrl must be like/],
    [{ apiKey: KEY, apiUrl: "http://sandbox-api.authy.com" }, /https:/],
    [{ apiKey: KEY, timeout: 0 }, /^timeout/],
    [{ apiKey: KEY, retries: -1 }, /^retries/],
    [{ apiKey: KEY, fetch: 1 }, /^fetch/],
    [{ apiKey: KEY, throwOnFailure: "yes" }, /^throwOnFailure/],
  ])("%j are refused", (options, problem) => {
    let failure: unknown;
    try {
      Reflect.construct(AuthyApiClient, [options]);
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(AuthyError);
    expect(failure).toMatchObject({ errorCode: "invalid_argument", errorDescription: expect.stringMatching(problem) });
    expect(`${Object(failure).stack}`).not.toContain(KEY);
  });

  it("take an address with a trailing slash, and the service's own by default", () => {
    expect(authyAt("https://gateway.example.com/authy/").apiUrl).toBe("https://gateway.example.com/authy");
    expect(new AuthyApiClient({ apiKey: KEY }).apiUrl).toBe("https://api.authy.com");
    expect(() => createAuthyClient({ apiKey: "" })).toThrow(AuthyError);
    expect(authyAt("https://gateway.example.com").version).toBe(version);
  });

  it("keep the key out of every inspection of the client", async () => {
    const { inspect } = await import("node:util");
    const authy = authyAt("https://gateway.example.com");
    const seen = inspect(authy, { depth: 9, showHidden: true }) + JSON.stringify(authy);
    expect(seen).not.toContain(KEY);
  });
});
