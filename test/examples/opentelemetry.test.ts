import { context, SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { Authsignal } from "authsignal-ts";
import { startEmulator } from "authsignal-ts/emulator";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { tracing } from "./opentelemetry.ts";

const exporter = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const tracer = provider.getTracer("test");
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

beforeEach(() => exporter.reset());
afterAll(async () => {
  context.disable();
  await provider.shutdown();
});

/** The ended spans, in the order of their ends. */
function spans() {
  return exporter.getFinishedSpans().map((span) => ({
    name: span.name,
    kind: span.kind,
    attributes: span.attributes,
    status: span.status.code,
    parent: span.parentSpanContext?.spanId,
    id: span.spanContext().spanId,
  }));
}

describe("the example for OpenTelemetry", () => {
  it("makes a span of each attempt, as a child of the active one", async () => {
    await using emulator = await startEmulator();
    const { apiSecretKey, apiUrl } = emulator;
    const authsignal = new Authsignal({ apiSecretKey, apiUrl, ...tracing(tracer) });
    emulator.faults.add({ operations: ["getUser"], status: 503, times: 1 });
    await tracer.startActiveSpan("withdraw", async (span) => {
      await authsignal.getUser({ userId: "jo@example.com" });
      span.end();
    });
    const [first, second, parent] = spans();
    expect(first).toMatchObject({
      name: "authsignal getUser",
      kind: SpanKind.CLIENT,
      attributes: { "http.request.method": "GET", "http.response.status_code": 503 },
      status: SpanStatusCode.ERROR,
      parent: parent?.id,
    });
    expect(second).toMatchObject({
      attributes: { "http.request.method": "GET", "http.request.resend_count": 1, "http.response.status_code": 200 },
      status: SpanStatusCode.UNSET,
      parent: parent?.id,
    });
    expect(JSON.stringify(spans())).not.toMatch(/jo@example|sk_/);
  });

  it("names the kind of failure, and ends the span of an attempt without a response", async () => {
    const authsignal = new Authsignal({
      apiSecretKey: "sk_test",
      apiUrl: "http://127.0.0.1:9",
      retries: 0,
      ...tracing(tracer),
    });
    await expect(authsignal.track({ userId: "u", action: "withdraw" })).rejects.toThrow("network_error");
    expect(spans()).toMatchObject([
      {
        name: "authsignal track",
        attributes: { "http.request.method": "POST", "error.type": "network_error" },
        status: SpanStatusCode.ERROR,
      },
    ]);
  });

  it("ends the span of an aborted attempt", async () => {
    const controller = new AbortController();
    const authsignal = new Authsignal({
      apiSecretKey: "sk_test",
      ...tracing(tracer),
      fetch: () => {
        controller.abort();
        return new Promise(() => {});
      },
    });
    await expect(authsignal.getUser({ userId: "u" }, { signal: controller.signal })).rejects.toThrow("aborted");
    expect(spans()).toMatchObject([{ attributes: { "error.type": "aborted" }, status: SpanStatusCode.ERROR }]);
  });
});
