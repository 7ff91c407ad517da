import { describe, expect, it, vi } from "vitest";
import { INVALID_TOKEN, KEY, SENT } from "../support/authy/support.ts";
import { json, serve } from "../support/server.ts";

async function loadCopy() {
  vi.resetModules();
  const [{ snakeCase, Authsignal }, authy, { createAuthyBridge }] = await Promise.all([
    import("../../src/index.ts"),
    import("../../src/authy/index.ts"),
    import("../../src/authy/migrate/index.ts"),
  ]);
  return { snakeCase, Authsignal, createAuthyBridge, ...authy };
}

describe("two copies of the package in one process", () => {
  it("show each other's clients in snake_case", async () => {
    const [first, second] = [await loadCopy(), await loadCopy()];
    expect(first.AuthyApiClient).not.toBe(second.AuthyApiClient);
    await using server = await serve((response, { path }) =>
      path.includes("/verify/") ? json(response, 401, INVALID_TOKEN) : json(response, 200, SENT),
    );
    const view = first.snakeCase(new second.AuthyApiClient({ apiKey: KEY, apiUrl: server.url }));
    const sent = await view.users.request_sms(1);
    expect([sent.ok(), sent.ignored(), sent.content]).toEqual([true, false, SENT]);
    const refused = await view.tokens.verify(1, "0297731");
    expect(refused.content).toMatchObject({ error_code: "60020" });
    const twice = view.users.request_sms(1, { action_message: "a", ...{ actionMessage: "b" } });
    await expect(twice).rejects.toBeInstanceOf(second.AuthyError);
  });

  it("show a subclass of the other's client, and its bridge", async () => {
    const [first, second] = [await loadCopy(), await loadCopy()];
    class Mine extends second.AuthyApiClient {
      readonly kind = { isMine: () => ({ isMine: true }) };
    }
    const view = first.snakeCase(new Mine({ apiKey: KEY }));
    expect(view.kind.is_mine()).toEqual({ is_mine: true });
    const bridge = second.createAuthyBridge(new second.Authsignal({ apiSecretKey: "sk_test" }));
    const unsupported = await first.snakeCase(bridge).apps.fetch();
    expect([unsupported.ok(), unsupported.error?.errorCode]).toEqual([false, "not_supported"]);
  });
});
