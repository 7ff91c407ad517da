import { describe, expect, it } from "vitest";
import { csv, place, rowOf, type Sent } from "../../../support/authy/import.ts";

const ten = csv(...Array.from({ length: 10 }, (_, index) => rowOf(index)));
const isEnrollment = ({ method }: Sent) => method === "POST";
const error = (status: number, headers: Record<string, string> = {}) => new Response("{}", { status, headers });

/** How a migration ends that cannot go on. */
async function endOf(migration: Promise<unknown>) {
  const reason: unknown = await migration.then(
    () => undefined,
    (error: unknown) => error,
  );
  const { name, message, report } = Object(reason);
  expect(name).toBe("MigrationError");
  return { message: String(message), report };
}

describe("an enrollment whose answer is lost", () => {
  it("is looked for, and not sent again when it was carried out", async () => {
    await using here = await place(ten, {
      between: async (request, pass) => {
        const answer = await pass();
        if (isEnrollment(request)) throw new TypeError("fetch failed");
        return answer;
      },
    });
    expect((await here.migrate()).report).toMatchObject({ read: 10, enrolled: 10 });
    expect(here.sent.filter(isEnrollment)).toHaveLength(10);
  });

  it("is sent again when it was not", async () => {
    let isFirst = true;
    await using here = await place(ten, {
      between: async (request, pass) => {
        if (!isEnrollment(request) || !isFirst) return pass();
        isFirst = false;
        return error(502);
      },
    });
    expect((await here.migrate()).report).toMatchObject({ enrolled: 10 });
    expect(here.sent.filter(isEnrollment)).toHaveLength(11);
  });

  it("is told of while it may still be under way", async () => {
    const stop = new AbortController();
    await using here = await place(csv(rowOf(1)), {
      between: async (request, pass) => (isEnrollment(request) ? error(502) : pass()),
    });
    const told: number[] = [];
    const onProgress = ({ unanswered }: { unanswered: number }) => {
      told.push(unanswered);
      stop.abort();
    };
    const { report } = await here.migrate({ settleTime: 600_000, signal: stop.signal, onProgress });
    expect(told).toEqual([1]);
    expect(report).toMatchObject({ remaining: 1, interrupted: true });
  });

  it("fails its user in the end, and the next run tries again", async () => {
    let isBroken = true;
    await using here = await place(ten, {
      between: async (request, pass) =>
        isBroken && isEnrollment(request) && request.path.includes("usr_3/") ? error(500) : pass(),
    });
    const { report, rows } = await here.migrate();
    expect(report).toMatchObject({ read: 10, enrolled: 9, failed: 1, remaining: 0 });
    expect(rows.find(({ outcome }) => outcome === "failed")).toMatchObject({ userId: "usr_3", line: 5 });
    isBroken = false;
    expect((await here.migrate()).report).toMatchObject({ read: 10, enrolled: 10, failed: 0, earlier: 9 });
  });
});

describe("a refusal", () => {
  it("of one user is told without the number, and the others go on", async () => {
    const body = { errorCode: "invalid_request", errorDescription: "+14155550003 of user3@example.com is no number" };
    await using here = await place(ten, {
      between: async (request, pass) =>
        isEnrollment(request) && request.path.includes("usr_3/") ? Response.json(body, { status: 400 }) : pass(),
    });
    const { report, rows } = await here.migrate();
    expect(report).toMatchObject({ enrolled: 9, failed: 1 });
    expect(rows.find(({ outcome }) => outcome === "failed")).toMatchObject({
      reason: "invalid_request",
      explanation: "400 invalid_request: … of … is no number",
    });
  });

  it("of the key ends everything at once, before anything was done", async () => {
    await using here = await place(ten, { client: { apiSecretKey: "sk_of_another_tenant" } });
    const { message, report } = await endOf(here.migrate());
    expect(message).toMatch(/does not know the secret key.*region/);
    expect(message).not.toContain("sk_of");
    expect(report).toMatchObject({ read: 10, enrolled: 0, remaining: 10, interrupted: true });
    expect(here.sent).toHaveLength(1);
  });

  it("of the key in the middle ends everything, and the next run goes on", async () => {
    let isRevoked = false;
    await using here = await place(ten, {
      between: async (request, pass) => {
        if (isEnrollment(request) && request.path.includes("usr_5/")) isRevoked = true;
        return isRevoked ? error(401) : pass();
      },
    });
    const { report } = await endOf(here.migrate({ concurrency: 2 }));
    expect(report.enrolled).toBeGreaterThan(2);
    expect(report.enrolled + report.remaining).toBe(10);
    expect(report.failed).toBe(0);
    await using again = await place(ten, { between: (_request, pass) => pass() });
    expect((await again.migrate()).report).toMatchObject({ enrolled: 10 });
  });

  it("for want of SMS says what to set up", async () => {
    const configurations = [{ verificationMethod: "PASSKEY" }];
    await using here = await place(ten, { seed: { configurations } });
    expect((await endOf(here.migrate())).message).toBe(
      "The tenant has no SMS. Set up SMS as an authenticator in the Authsignal portal",
    );
  });

  it("by something that is no Authsignal ends everything", async () => {
    await using here = await place(ten, { between: async () => new Response("<h1>It works!</h1>") });
    expect((await endOf(here.migrate())).message).toMatch(/^Authsignal at .* cannot be used: .*not JSON/);
  });
});

describe("a service that is in trouble", () => {
  it("is asked again where that is harmless", async () => {
    const failed = new Set<string>();
    await using here = await place(ten, {
      between: async (request, pass) => {
        const call = `${request.method} ${request.path}`;
        if (isEnrollment(request) || failed.has(call)) return pass();
        failed.add(call);
        return error(503);
      },
    });
    expect((await here.migrate()).report).toMatchObject({ enrolled: 10, failed: 0 });
    expect(failed.size).toBe(31);
    expect(here.sent.filter(isEnrollment)).toHaveLength(10);
  });

  it("that wants an hour is left alone", async () => {
    await using here = await place(ten, {
      between: async (request, pass) => (isEnrollment(request) ? error(429, { "retry-after": "3600" }) : pass()),
    });
    const { message, report } = await endOf(here.migrate());
    expect(message).toMatch(/asks to wait for longer than 15 minutes/);
    expect(report).toMatchObject({ remaining: 10, failed: 0 });
  });

  it("may return 429 most of the time, and no user fails", async () => {
    let count = 0;
    await using here = await place(ten, {
      between: async (_request, pass) => (count++ % 5 === 0 ? pass() : error(429, { "retry-after": "0" })),
    });
    expect((await here.migrate()).report).toMatchObject({ enrolled: 10, failed: 0 });
  });
});

describe("a signal", () => {
  it("lets those under way finish, begins no other one, and leaves the rest to the next run", async () => {
    const stop = new AbortController();
    await using here = await place(ten, {
      between: async (request, pass) => {
        if (isEnrollment(request) && request.path.includes("usr_4/")) stop.abort();
        return pass();
      },
    });
    const { report, rows } = await here.migrate({ signal: stop.signal, concurrency: 1 });
    expect(report).toMatchObject({ interrupted: true, enrolled: 5, remaining: 5, failed: 0 });
    expect(rows).toHaveLength(5);
    expect(here.sent.filter(isEnrollment)).toHaveLength(5);
    expect((await here.migrate()).report).toMatchObject({ interrupted: false, enrolled: 10, earlier: 5 });
    expect(here.sent.filter(isEnrollment)).toHaveLength(10);
  });

  it("ends a wait at once", async () => {
    const stop = new AbortController();
    await using here = await place(ten, {
      between: async (request, pass) => (isEnrollment(request) ? error(429, { "retry-after": "600" }) : pass()),
    });
    const onProgress = ({ pausedUntil }: { pausedUntil: number | undefined }) => {
      if (pausedUntil !== undefined) stop.abort();
    };
    const { report } = await here.migrate({ signal: stop.signal, onProgress });
    expect(report).toMatchObject({ interrupted: true, remaining: 10, failed: 0 });
  });

  it("that has fired already lets nothing be sent", async () => {
    await using here = await place(ten);
    expect((await here.migrate({ signal: AbortSignal.abort() })).report).toMatchObject({ remaining: 10 });
    expect(here.sent).toEqual([]);
  });
});
