import { describe, expect, it } from "vitest";
import { failureOf } from "../../support/clients.ts";
import { action, CODE, email, phoneNumber, userId } from "../../support/emulator/emulator.ts";
import { read, startPages } from "../../support/emulator/pages.ts";

const settings = {
  redirectToSettings: true,
  scope: "add:authenticators update:authenticators remove:authenticators",
};

const seed = {
  authenticators: [
    { userId, userAuthenticatorId: "phone", verificationMethod: "SMS", phoneNumber, createdAt: "2026-01-02T23:00:00Z" },
    { userId, userAuthenticatorId: "mail", verificationMethod: "EMAIL_OTP", email },
    { userId: "usr_2", userAuthenticatorId: "theirs", verificationMethod: "SMS", phoneNumber: "+64270000002" },
  ],
  recoveryCodes: [
    { userId, code: "aaaa-0000" },
    { userId, code: "bbbb-0000", usedAt: "2026-01-03T00:00:00Z" },
  ],
} as const;

const start = () =>
  startPages({
    seed: structuredClone({
      ...seed,
      authenticators: [...seed.authenticators],
      recoveryCodes: [...seed.recoveryCodes],
    }),
  });

describe("the settings", () => {
  it("open after a challenge when the app requests them, and link back", async () => {
    const { authsignal, visit } = start();
    const walk = await visit({ action, attributes: settings });
    expect(walk.screen).toBe("choose");
    await walk.choose("SMS");
    const { token, url } = await walk.enter(CODE);
    expect(walk.screen).toBe("settings");
    expect(url).toMatch(/^http:\/\/localhost:3000\/callback\?order=1&token=/);
    expect(await authsignal.validateChallenge({ action, token })).toMatchObject({ isValid: true });
    expect(await walk.continue()).toEqual({
      token: expect.any(String),
      url: expect.stringContaining("order=1&token="),
    });
  });

  it("need a challenge for an enrolled user, even if the action is allowed", async () => {
    const { visit, stateOf, methods, post, track } = start();
    const attributes = { redirectToSettings: true, idempotencyKey: "1" };
    const { token } = await track({ attributes });
    for (const [path, fields] of [
      ["/enroll", { method: "PASSKEY" }],
      ["/remove", { authenticator: "phone" }],
    ] as const) {
      expect((await post(path, { token, ...fields })).status, path).toBe(403);
    }
    const walk = await visit({ attributes });
    expect(walk.screen).toBe("choose");
    await walk.choose("SMS");
    await failureOf(walk.enter("000000"));
    expect(await stateOf({ idempotencyKey: "1" })).toBe("ALLOW");
    await walk.enter(CODE);
    expect([walk.screen, await stateOf({ idempotencyKey: "1" })]).toEqual(["settings", "CHALLENGE_SUCCEEDED"]);
    await walk.remove("mail");
    expect(await methods()).toEqual(["SMS"]);
  });

  it("stay closed after the user denies or cancels", async () => {
    const { emulator, authsignal, visit, stateOf } = start();
    for (const attributes of [
      { verificationMethod: "PASSKEY" as const, credentialId: "c", credentialPublicKey: "k" },
      { verificationMethod: "EMAIL_MAGIC_LINK" as const, email },
    ]) {
      await authsignal.enrollVerifiedAuthenticator({ userId, attributes });
    }
    const walk = await visit({ attributes: { redirectToSettings: true, idempotencyKey: "1" } });
    await walk.choose("PASSKEY");
    expect(await failureOf(walk.deny())).toMatchObject({ message: expect.stringContaining("Not confirmed.") });
    expect(walk.screen).toBe("choose");
    await walk.choose("EMAIL_MAGIC_LINK");
    const link = await walk.open((await emulator.outbox.waitFor({ to: email })).url);
    await link.deny();
    expect(link.title).toBe("Canceled");
    expect((await walk.cancel()).url).toContain("order=1&token=");
    expect(await stateOf({ idempotencyKey: "1" })).toBe("ALLOW");
  });

  it("stay closed after too many codes, and the action stays allowed", async () => {
    const { visit, stateOf } = start();
    const walk = await visit({ attributes: { redirectToSettings: true, idempotencyKey: "1" } });
    await walk.choose("SMS");
    for (let tries = 0; tries < 11; tries++) await failureOf(walk.enter("000000"));
    expect([walk.error, walk.screen]).toEqual(["Too many wrong codes were entered.", "choose"]);
    expect(await stateOf({ idempotencyKey: "1" })).toBe("ALLOW");
  });

  it.each([
    ["add", { remove: 0, add: 1 }],
    ["remove", { remove: 2, add: 0 }],
  ])("allow only the links of the scope %s", async (scope, links) => {
    const { visit, send } = start();
    const walk = await visit({ attributes: { redirectToSettings: true, scope: `${scope}:authenticators` } });
    const { document } = await read(await send(walk.url));
    const found = (name: string) => document.querySelectorAll(`[data-link=${name}]`).length;
    expect({ remove: found("remove"), add: found("add") }).toEqual(links);
  });

  it("keep the last method without the scope to add, because a user without methods may add any", async () => {
    const { visit, methods } = start();
    const attributes = { redirectToSettings: true, scope: "remove:authenticators" };
    const walk = await visit({ attributes });
    await walk.remove("mail");
    const failure = await failureOf(walk.remove("phone"));
    expect(failure).toMatchObject({ message: "The only one that you have cannot be removed here." });
    expect(await methods()).toEqual(["SMS"]);
  });

  it("open at once for an allowed action with a scope", async () => {
    const { visit, send } = start();
    const walk = await visit({ attributes: settings });
    expect(walk.authenticators).toEqual([
      { userAuthenticatorId: "phone", verificationMethod: "SMS", contact: "••••0000" },
      { userAuthenticatorId: "mail", verificationMethod: "EMAIL_OTP", contact: "j•••@example.com" },
    ]);
    const { text, document } = await read(await send(walk.url));
    expect(text).not.toContain(phoneNumber);
    expect(text).not.toContain(email);
    expect(document.querySelector("time")?.attributes).toEqual({ datetime: "2026-01-02T23:00:00Z" });
    expect(document.querySelector("time")?.text).toBe("Jan 2, 2026");
    expect(document.querySelector("[data-codes-left]")?.text).toBe("1 recovery code left.");
  });

  it("remove a method after a confirmation", async () => {
    const { emulator, visit, send, methods } = start();
    const walk = await visit({ attributes: settings });
    const before = emulator.export();
    const { document } = await read(await send(walk.url));
    const asking = await read(await send(document.querySelector("[data-link=remove]")?.getAttribute("href") ?? ""));
    expect(asking).toMatchObject({ screen: "remove", heading: "Remove Text message?" });
    expect(asking.text).toContain("••••0000");
    expect(asking.text).not.toContain("the only one");
    expect(emulator.export()).toEqual(before);
    await walk.remove("phone");
    expect(await methods()).toEqual(["EMAIL_OTP"]);
    await walk.remove("mail");
    expect(walk.text).toContain("You have not set up a method yet.");
    expect(await failureOf(walk.remove("mail"))).toMatchObject({
      message: expect.stringContaining("no way to remove mail"),
    });
    await walk.enroll("PASSKEY");
    await walk.approve();
    expect([walk.screen, await methods()]).toEqual(["settings", ["PASSKEY"]]);
  });

  it("link to other pages and back", async () => {
    const { visit, send } = start();
    const walk = await visit({ attributes: settings });
    await walk.enroll("AUTHENTICATOR_APP");
    const { document } = await read(await send(walk.url));
    expect(document.querySelector("form[data-form=cancel]")).toBeNull();
    const back = document.querySelector("[data-link=settings]")?.getAttribute("href") ?? "";
    expect((await read(await send(back))).screen).toBe("settings");
    await walk.enroll("SMS", { phoneNumber: "+64270000003" });
    await walk.enter(CODE);
    expect(walk.authenticators).toHaveLength(3);
  });

  it("link to the last page without a redirectUrl", async () => {
    const { visit, send } = start();
    const walk = await visit({ attributes: { ...settings, redirectUrl: "https://app.example.com/" } });
    expect((await walk.continue()).url).toBeUndefined();
    const { document } = await read(await send(walk.url));
    const end = await read(await send(document.querySelector("[data-link=done]")?.getAttribute("href") ?? ""));
    expect(end).toMatchObject({ screen: "end", heading: "Nothing to confirm" });
    expect(end.text).toContain("add https://app.example.com to allowedRedirects");
  });

  it("do not remove methods that users may not edit", async () => {
    const configurations = [
      { verificationMethod: "SMS", isEditableByUser: false },
      { verificationMethod: "EMAIL_OTP" },
    ] as const;
    const { emulator, visit, track, post, send } = start();
    emulator.import({ ...emulator.export(), configurations: [...configurations] });
    const walk = await visit({ attributes: settings });
    const { document } = await read(await send(walk.url));
    expect(document.querySelectorAll("[data-link=remove]")).toHaveLength(1);
    const { token } = await track({ attributes: settings });
    expect((await post("/remove", { token, authenticator: "phone" })).status).toBe(403);
    expect(emulator.export().authenticators).toHaveLength(3);
  });

  it.each([
    ["without the flag", "signUp", {}],
    ["with the scope only", "signUp", { scope: "add:authenticators remove:authenticators" }],
    ["before the challenge was passed", action, settings],
  ])("are closed %s", async (_name, code, attributes) => {
    const { emulator, track, post, send } = start();
    const { token } = await track({ action: code, attributes });
    const before = emulator.export();
    for (const path of ["/settings?", "/remove?authenticator=phone&"]) {
      const response = await send(`/challenge${path}token=${token}`);
      expect([response.status, response.headers.get("location")]).toEqual([303, `/challenge?token=${token}`]);
    }
    expect((await post("/remove", { token, authenticator: "phone" })).status).toBe(403);
    expect(emulator.export()).toEqual(before);
  });

  it("do not remove methods of another user", async () => {
    const { emulator, track, post, send } = start();
    const { token } = await track({ attributes: settings });
    for (const authenticator of ["theirs", "", "__proto__", "x"]) {
      const page = await read(await post("/remove", { token, authenticator }));
      expect(page, authenticator).toMatchObject({
        status: 404,
        screen: "settings",
        problem: "This has been removed already.",
      });
      const asked = await send(`/challenge/remove?${new URLSearchParams({ token, authenticator })}`);
      expect([asked.status, (await asked.text()).includes("0002")], authenticator).toEqual([404, false]);
    }
    expect(emulator.export().authenticators).toHaveLength(3);
  });

  it("accept each form once", async () => {
    const { track, post, methods } = start();
    const { token } = await track({ attributes: settings });
    expect((await post("/remove", { token, authenticator: "phone" })).status).toBe(303);
    expect((await post("/remove", { token, authenticator: "phone" })).status).toBe(404);
    const cross = await post("/remove", { token, authenticator: "mail" }, { "sec-fetch-site": "cross-site" });
    expect(cross.status).toBe(403);
    expect(await methods()).toEqual(["EMAIL_OTP"]);
  });
});
