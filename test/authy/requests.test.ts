import { describe, expect, it } from "vitest";
import type { AuthyApiClient } from "../../src/authy/index.ts";
import { AUTHY_ID, authyAt, KEY, SENT, TRANSPORTS } from "../support/authy/support.ts";
import { json, serve } from "../support/server.ts";

/** What the calls send: the request line, and the body if there is one. */
const SENDS: [call: string, (authy: AuthyApiClient) => Promise<unknown>, line: string, body?: unknown][] = [
  [
    "the country of the number, in digits",
    ({ users }) => users.create({ email: " mira@example.com ", cellphone: "+57 405-342-5699" }),
    "POST /protected/json/users/new",
    {
      user: { email: "mira@example.com", cellphone: "4053425699", country_code: 57 },
      send_install_link_via_sms: false,
    },
  ],
  [
    "country 1 by default, and the link when asked",
    ({ users }) => users.create({ email: "m@example.com", cellphone: "(415) 555 0137", sendInstallLinkViaSms: true }),
    "POST /protected/json/users/new",
    { user: { email: "m@example.com", cellphone: "4155550137", country_code: 1 }, send_install_link_via_sms: true },
  ],
  [
    "the options of a message",
    ({ users }) =>
      users.requestSms("0040213377", { force: true, action: "payout", actionMessage: "Confirm: 5 €", locale: "es" }),
    "GET /protected/json/sms/0040213377?force=true&action=payout&action_message=Confirm%3A%205%20%E2%82%AC&locale=es",
  ],
  [
    "a token with its zeros",
    ({ tokens }) => tokens.verify(AUTHY_ID, "0000017"),
    "GET /protected/json/verify/0000017/40213377?force=true",
  ],
  [
    "no force when it is not wanted",
    ({ tokens }) => tokens.verify(AUTHY_ID, "297731", { force: false, action: "payout" }),
    "GET /protected/json/verify/297731/40213377?force=false&action=payout",
  ],
  [
    "the address of a person",
    ({ apps }) => apps.fetch({ userIp: "2001:db8::1" }),
    "GET /protected/json/app/details?user_ip=2001%3Adb8%3A%3A1",
  ],
  [
    "a QR code's size by its name on the wire",
    ({ users }) => users.generateQr(AUTHY_ID, { size: 300, label: "Harbor Bank" }),
    "POST /protected/json/users/40213377/secret",
    { qr_size: 300, label: "Harbor Bank" },
  ],
  [
    "the defaults of the classic clients",
    ({ phones }) => phones.verificationStart({ phoneNumber: "0866742932", countryCode: "84" }),
    "POST /protected/json/phones/verification/start",
    { phone_number: "866742932", country_code: 84, via: "sms", code_length: 4 },
  ],
  [
    "the same number when the code is checked",
    ({ phones }) => phones.verificationCheck({ phoneNumber: "+84 866742932", verificationCode: "0042" }),
    "GET /protected/json/phones/verification/check?phone_number=866742932&country_code=84&verification_code=0042",
  ],
  [
    "details whose names are the user's own",
    ({ oneTouch }) =>
      oneTouch.sendRequest(AUTHY_ID, {
        message: "Approve?",
        details: { accountName: "a", account_name: "b", "Process ID": "c" },
        hiddenDetails: { transferId: "t" },
        secondsToExpire: 0,
      }),
    "POST /onetouch/json/users/40213377/approval_requests",
    {
      message: "Approve?",
      details: { accountName: "a", account_name: "b", "Process ID": "c" },
      hidden_details: { transferId: "t" },
      seconds_to_expire: 0,
    },
  ],
  [
    "data of an activity as it is",
    ({ users }) =>
      users.registerActivity(AUTHY_ID, { type: "password_reset", userIp: "203.0.113.25", data: { viaWeb: true } }),
    "POST /protected/json/users/40213377/register_activity",
    { type: "password_reset", user_ip: "203.0.113.25", data: { viaWeb: true } },
  ],
  [
    "an id with a slash as one segment",
    ({ oneTouch }) => oneTouch.getApprovalStatus("a/../b"),
    "GET /onetouch/json/approval_requests/a%2F..%2Fb",
  ],
];

describe.each(TRANSPORTS)("over %s", (_name, transport) => {
  it.each(SENDS)("sends %s", async (_call, call, line, body) => {
    await using server = await serve((response) => json(response, 404, {}));
    await call(authyAt(server.url, transport));
    expect(server.received).toHaveLength(1);
    const [request] = server.received;
    expect(`${request?.method} ${request?.path}`).toBe(line);
    expect(request?.body ? JSON.parse(request.body) : undefined).toEqual(body);
    expect(request?.headers).toMatchObject({ "x-authy-api-key": KEY, accept: "application/json" });
    expect(request?.headers["user-agent"]).toMatch(/^authsignal-ts\//);
    expect(request?.headers.authorization).toBeUndefined();
  });

  it("gives camelCase, and the user's own names as they are", async () => {
    const answer = {
      success: true,
      approval_request: {
        _id: "628e4b1b7d558e6b91e93700",
        _app_name: "Harbor Bank",
        _authy_id: AUTHY_ID,
        app_id: "58547f6f4014250a11c20200",
        user_id: "5840a9328aa2fb674c485400",
        status: "approved",
        processed_at: null,
        unknown_field: { stays_so: 1 },
      },
    };
    await using server = await serve((response) => json(response, 200, answer));
    const read = await authyAt(server.url, transport).oneTouch.getApprovalStatus("u");
    expect(read.content).toEqual({
      success: true,
      approvalRequest: {
        internalId: "628e4b1b7d558e6b91e93700",
        appName: "Harbor Bank",
        authyId: AUTHY_ID,
        internalAppId: "58547f6f4014250a11c20200",
        internalUserId: "5840a9328aa2fb674c485400",
        status: "approved",
        processedAt: null,
        unknown_field: { stays_so: 1 },
      },
    });
  });

  describe("one requestSms is one text", () => {
    it.each([
      ["an answer of 500", 500],
      ["an answer of 503", 503],
      ["an answer of 408", 408],
      ["an answer of 502", 502],
    ])("under %s", async (_fault, status) => {
      await using server = await serve((response) => json(response, status, {}, { "retry-after": "0" }));
      const sent = await authyAt(server.url, { ...transport, retries: 5 }).users.requestSms(AUTHY_ID);
      expect(sent.error).toMatchObject({ statusCode: status, attempts: 1, mayHaveBeenProcessed: true });
      expect(server.received).toHaveLength(1);
    });

    it.each<[string, string]>([
      ["a connection that breaks off before the answer", ""],
      ["an answer that breaks off in its headers", "HTTP/1.1 200 OK\r\ncontent-le"],
      ["an answer that breaks off in its body", 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"success":'],
      ["an answer that is no HTTP", "220 mail.example.com ESMTP\r\n"],
      ["an answer that is no JSON", "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>"],
    ])("under %s", async (_fault, answer) => {
      await using server = await serve((response) => response.socket?.end(answer));
      const call = authyAt(server.url, { ...transport, retries: 5 }).users.requestSms(AUTHY_ID);
      await expect(call).rejects.toMatchObject({ name: "AuthyError", attempts: 1, mayHaveBeenProcessed: true });
      expect(server.received).toHaveLength(1);
    });

    it("under a response that never comes", async () => {
      await using server = await serve(() => {});
      const call = authyAt(server.url, { ...transport, retries: 5, timeout: 200 }).users.requestSms(AUTHY_ID);
      await expect(call).rejects.toMatchObject({ errorCode: "timeout", attempts: 1, mayHaveBeenProcessed: true });
      expect(server.received).toHaveLength(1);
    });

    it("and is sent again when the service says that it did nothing", async () => {
      await using server = await serve((response, _request, count) =>
        count === 1 ? json(response, 429, { error_code: "60003" }, { "retry-after": "0" }) : json(response, 200, SENT),
      );
      const sent = await authyAt(server.url, transport).users.requestSms(AUTHY_ID);
      expect(sent.ok()).toBe(true);
      expect(server.received).toHaveLength(2);
    });
  });

  it("retries what only reads", async () => {
    await using server = await serve((response, _request, count) =>
      count === 1
        ? json(response, 503, {}, { "retry-after": "0" })
        : json(response, 200, {
            app: { app_id: 1, name: "n", plan: "p", sms_enabled: true },
            message: "m",
            success: true,
          }),
    );
    const details = await authyAt(server.url, transport).apps.fetch();
    expect(details.content).toMatchObject({ app: { appId: 1, smsEnabled: true } });
    expect(server.received).toHaveLength(2);
  });

  it("applies the options of a call", async () => {
    await using server = await serve(() => {});
    const authy = authyAt(server.url, transport);
    await expect(authy.apps.fetch({}, { timeout: 50, retries: 0 })).rejects.toMatchObject({ errorCode: "timeout" });
    const reason = new Error("gone");
    await expect(authy.users.requestSms(AUTHY_ID, {}, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(server.received).toHaveLength(1);
  });
});
