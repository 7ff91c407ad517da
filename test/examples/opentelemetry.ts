/**
 * OpenTelemetry: a client span for each attempt of each call, under the span that is active, with no id of a person in it. Copy
 * it, and make your client with `new Authsignal({ apiSecretKey, ...tracing(trace.getTracer("my-app")) })`.
 */
import { type Span, SpanKind, SpanStatusCode, type Tracer } from "@opentelemetry/api";
import type { Hooks, RequestEvent } from "authsignal-ts";

export function tracing(tracer: Tracer): Hooks {
  const spans = new WeakMap<RequestEvent, Span>();
  return {
    onRequest(request) {
      const { operation = request.method, method, attempt } = request;
      const span = tracer.startSpan(`authsignal ${operation}`, { kind: SpanKind.CLIENT });
      span.setAttribute("http.request.method", method);
      if (attempt > 1) span.setAttribute("http.request.resend_count", attempt - 1);
      spans.set(request, span);
    },
    onResponse({ request, statusCode, errorCode, requestId }) {
      const span = spans.get(request);
      if (statusCode !== undefined) span?.setAttribute("http.response.status_code", statusCode);
      if (requestId !== undefined) span?.setAttribute("authsignal.request_id", requestId);
      if (errorCode !== undefined) {
        span?.setAttribute("error.type", errorCode).setStatus({ code: SpanStatusCode.ERROR });
      }
      span?.end();
    },
  };
}
