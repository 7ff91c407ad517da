import { describe, expect, it } from "vitest";
import { csv, enrolledBy, HEADER, place } from "../../../support/authy/import.ts";

const NUMBER = "+14155550137";
const OTHER = "+14155550199";
const CONFIRMED = csv("usr_1,40213377,mira@example.com,1,415-555-0137,true");
const UNCONFIRMED = csv("usr_1,40213377,mira@example.com,1,415-555-0137,false");

const sms = (phoneNumber: string) => ({ userId: "usr_1", verificationMethod: "SMS", phoneNumber });

describe("a confirmed user", () => {
  it("is enrolled with the number as verified, and gets no message", async () => {
    await using here = await place(`${HEADER},locale\nusr_1,40213377,mira@example.com,1,415-555-0137,true,es_MX\n`);
    const { report, rows } = await here.migrate();
    expect(report).toEqual({
      applied: true,
      interrupted: false,
      read: 1,
      enrolled: 1,
      alreadyEnrolled: 0,
      unverified: 0,
      duplicates: 0,
      skipped: 0,
      failed: 0,
      remaining: 0,
      earlier: 0,
      skippedBy: {},
      notes: {},
    });
    expect(rows).toEqual([
      { line: 2, userId: "usr_1", outcome: "enrolled", reason: undefined, explanation: undefined, notes: [] },
    ]);
    expect(here.sent.slice(0, 3).map(({ method, path }) => `${method} ${path}`)).toEqual([
      "GET /authenticators",
      "GET /users/usr_1",
      "GET /users/usr_1/authenticators",
    ]);
    expect(here.changes()).toEqual([
      {
        method: "POST",
        path: "/users/usr_1/authenticators",
        body: { verificationMethod: "SMS", phoneNumber: NUMBER, isDefault: true },
      },
      {
        method: "PATCH",
        path: "/users/usr_1",
        body: {
          email: "mira@example.com",
          emailVerified: false,
          phoneNumber: NUMBER,
          phoneNumberVerified: true,
          locale: "es-MX",
          custom: { authyId: "40213377" },
        },
      },
    ]);
    expect(enrolledBy(here.emulator, "usr_1")).toEqual([NUMBER]);
    expect(here.emulator.outbox.list()).toEqual([]);
  });

  it("is not enrolled again, and what else the user has stays", async () => {
    const user = { userId: "usr_1", email: "new@example.com", emailVerified: true, phoneNumber: NUMBER };
    const custom = { plan: "gold", authyId: "1" };
    const seed = { users: [{ ...user, phoneNumberVerified: true, custom }], authenticators: [sms(NUMBER)] };
    await using here = await place(CONFIRMED, { seed });
    const { report } = await here.migrate();
    expect(report).toMatchObject({ alreadyEnrolled: 1, enrolled: 0, notes: { email_kept: 1, authy_id_kept: 1 } });
    expect(here.changes()).toEqual([]);
  });

  it("is not enrolled again, and noted, when the number was never verified at Authsignal", async () => {
    await using here = await place(CONFIRMED, {
      seed: { users: [{ userId: "usr_1" }], authenticators: [sms(NUMBER)] },
      between: async ({ method, path }, pass) => {
        const answer = await pass();
        if (method !== "GET" || !path.endsWith("/usr_1/authenticators")) return answer;
        return Response.json(JSON.parse((await answer.text()).replace(/"verifiedAt":"[^"]*",?/, "")));
      },
    });
    expect((await here.migrate()).report).toMatchObject({ alreadyEnrolled: 1, notes: { never_verified: 1 } });
    expect(here.changes().map(({ method }) => method)).toEqual(["PATCH"]);
  });

  it("gets only what is lacking, beside the data points there are", async () => {
    const user = { userId: "usr_1", email: "MIRA@example.com", emailVerified: true, custom: { plan: "gold" } };
    await using here = await place(CONFIRMED, { seed: { users: [user], authenticators: [sms(NUMBER)] } });
    const { report } = await here.migrate();
    expect(report).toMatchObject({ alreadyEnrolled: 1, notes: {} });
    expect(here.changes().map(({ body }) => body)).toEqual([
      { phoneNumber: NUMBER, phoneNumberVerified: true, custom: { plan: "gold", authyId: "40213377" } },
    ]);
    expect(await here.authsignal.getUser({ userId: "usr_1" })).toMatchObject({ emailVerified: true });
  });

  it("keeps another way to confirm as the default", async () => {
    const passkey = { userId: "usr_1", verificationMethod: "EMAIL_OTP", email: "mira@example.com" };
    await using here = await place(CONFIRMED, { seed: { authenticators: [passkey] } });
    expect((await here.migrate()).report).toMatchObject({ enrolled: 1 });
    const user = await here.authsignal.getUser({ userId: "usr_1" });
    expect(user.defaultVerificationMethod).toBe("EMAIL_OTP");
    expect(user.enrolledVerificationMethods).toEqual(["EMAIL_OTP", "SMS"]);
  });

  it("is enrolled beside another, unverified number of the profile, which stays", async () => {
    const seed = { users: [{ userId: "usr_1", phoneNumber: OTHER }] };
    await using here = await place(CONFIRMED, { seed });
    expect((await here.migrate()).report).toMatchObject({ enrolled: 1, notes: { phone_number_kept: 1 } });
    expect(await here.authsignal.getUser({ userId: "usr_1" })).toMatchObject({ phoneNumber: OTHER });
    expect(enrolledBy(here.emulator, "usr_1")).toEqual([NUMBER]);
  });

  it.each([
    ["has enrolled another number", { authenticators: [sms(OTHER)] }, "other_number_enrolled"],
    [
      "has enrolled another number for WhatsApp",
      { authenticators: [{ ...sms(OTHER), verificationMethod: "WHATSAPP" }] },
      "other_number_enrolled",
    ],
    [
      "has another, verified number",
      { users: [{ userId: "usr_1", phoneNumber: OTHER, phoneNumberVerified: true }] },
      "other_number_verified",
    ],
  ])("who %s is not touched", async (_what, seed, reason) => {
    await using here = await place(CONFIRMED, { seed });
    const { report, rows } = await here.migrate();
    expect(report).toMatchObject({ skipped: 1, skippedBy: { [reason]: 1 } });
    expect(rows).toMatchObject([{ outcome: "skipped", reason }]);
    expect(here.changes()).toEqual([]);
  });

  it("who has enrolled the number and another one keeps both", async () => {
    await using here = await place(CONFIRMED, { seed: { authenticators: [sms(NUMBER), sms(OTHER)] } });
    expect((await here.migrate()).report).toMatchObject({ alreadyEnrolled: 1, notes: { phone_number_kept: 1 } });
    expect(enrolledBy(here.emulator, "usr_1").sort()).toEqual([NUMBER, OTHER]);
  });
});

describe("an unconfirmed user", () => {
  it("gets the number unverified, and nothing is enrolled", async () => {
    await using here = await place(UNCONFIRMED);
    const { report } = await here.migrate();
    expect(report).toMatchObject({ unverified: 1, enrolled: 0 });
    const details = { email: "mira@example.com", emailVerified: false, custom: { authyId: "40213377" } };
    expect(here.changes()).toEqual([
      { method: "PATCH", path: "/users/usr_1", body: { phoneNumber: NUMBER, phoneNumberVerified: false, ...details } },
    ]);
    expect((await here.authsignal.getUser({ userId: "usr_1" })).isEnrolled).toBe(false);
  });

  it.each([
    ["has enrolled another number", { authenticators: [sms(OTHER)] }, "other_number_enrolled"],
    [
      "has the number verified",
      { users: [{ userId: "usr_1", phoneNumber: NUMBER, phoneNumberVerified: true }] },
      "number_verified",
    ],
    ["has another number", { users: [{ userId: "usr_1", phoneNumber: OTHER }] }, "other_number_known"],
  ])("who %s is not touched", async (_what, seed, reason) => {
    await using here = await place(UNCONFIRMED, { seed });
    expect((await here.migrate()).report).toMatchObject({ skipped: 1, skippedBy: { [reason]: 1 } });
    expect(here.changes()).toEqual([]);
  });

  it("who has enrolled the number keeps it, verified", async () => {
    const user = { userId: "usr_1", phoneNumber: NUMBER, phoneNumberVerified: true };
    await using here = await place(UNCONFIRMED, { seed: { users: [user], authenticators: [sms(NUMBER)] } });
    expect((await here.migrate()).report).toMatchObject({ alreadyEnrolled: 1 });
    expect(await here.authsignal.getUser({ userId: "usr_1" })).toMatchObject({ phoneNumberVerified: true });
  });

  it("is enrolled when that is said aloud, later too", async () => {
    await using here = await place(UNCONFIRMED);
    expect((await here.migrate()).report).toMatchObject({ unverified: 1 });
    const { report } = await here.migrate({ assumeConfirmed: true });
    expect(report).toMatchObject({ enrolled: 1, earlier: 0, notes: { assumed_confirmed: 1 } });
    expect(enrolledBy(here.emulator, "usr_1")).toEqual([NUMBER]);
  });
});

describe("a user id", () => {
  it("reaches exactly the user whom it names", async () => {
    const ids = ["007", "a/b", "a%2Fb", "jo@example.com", "=1+1", "'quoted", "Zoë 🎈", "toString", "__proto__"];
    await using here = await place(csv(...ids.map((id, at) => `${id},,,1,41555501${10 + at},true`)));
    expect((await here.migrate()).report).toMatchObject({ enrolled: ids.length });
    const { authenticators = [] } = here.emulator.export();
    expect(authenticators.map(({ userId }) => userId).sort()).toEqual([...ids].sort());
  });
});
