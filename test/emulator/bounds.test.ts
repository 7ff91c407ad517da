import { describe, expect, it } from "vitest";
import { action, basic, start, userId } from "../support/emulator/emulator.ts";
import { read, startPages } from "../support/emulator/pages.ts";

// How much is read and kept of what comes from elsewhere.

/** A body without an end, and how much of it was read. */
function endlessBody() {
  const chunk = new Uint8Array(64 * 1024).fill(0x20);
  let size = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      size += chunk.byteLength;
      controller.enqueue(chunk);
    },
  });
  return { body, size: () => size };
}

describe("what is read", () => {
  it("of a body that tells no length ends at the limit", async () => {
    const { emulator } = start();
    const { body, size } = endlessBody();
    const request = new Request(`${emulator.apiUrl}/users/${userId}/actions/${action}`, {
      method: "POST",
      headers: { authorization: basic(emulator.apiSecretKey) },
      body,
      duplex: "half",
    });
    expect((await emulator.fetch(request)).status).toBe(413);
    expect(size()).toBeLessThan(4 * 1024 * 1024);
  });
});

describe("what is kept", () => {
  it.each([`${"x".repeat(65)}@example.com`, `jo@${"x".repeat(300)}`, "jo@example.com\0", "jo\u0007@example.com"])(
    "is no address such as %j",
    async (email) => {
      const { emulator, track, post } = startPages();
      const { token } = await track();
      const page = await read(await post("/enroll", { token, method: "EMAIL_OTP", email }));
      expect(page.problem).toContain("such as jo@example.com");
      expect([emulator.export().challenges, emulator.outbox.list()]).toEqual([[], []]);
    },
  );

  it("of a delivery that fails again and again are ten attempts, and the last answer", async () => {
    const { emulator, authsignal } = start({
      webhooks: { urls: { "action.log_created": "http://app.test/webhooks" }, logDelay: 0 },
      fetch: () => new Response("x".repeat(1_000), { status: 500 }),
    });
    emulator.clock.freeze();
    await authsignal.track({ userId, action });
    for (let tries = 0; tries < 15; tries++) {
      emulator.clock.advance("61s");
      await emulator.webhooks.settle();
    }
    const [delivery] = emulator.webhooks.deliveries();
    const answers = delivery?.attempts.map(({ response }) => response?.length);
    expect(answers).toEqual([...Array.from({ length: 9 }, () => undefined), 1_000]);
    expect(delivery?.state).toBe("pending");
  });
});
