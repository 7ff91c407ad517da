import { expect } from "vitest";
import { checkCalls, type Outcome, row, type Seen, valuesOf } from "./support.ts";

// Agents that trace a service: they patch node:http and rewrite the arguments of its requests.

/** Checks that each request has a span of its own in its headers, and that the agent recorded the span. */
function traced(header: string, spanOf: (value: string) => string = (value) => value.split("-")[2] ?? "") {
  return (outcome: Outcome): void => {
    checkCalls(outcome);
    const { seen, report } = outcome;
    const carried = seen.map((one: Seen) => valuesOf(one, header));
    expect(carried.every((values) => values.length === 1)).toBe(true);
    const ids = carried.map(([value = ""]) => spanOf(value));
    expect(new Set(ids).size).toBe(seen.length);
    expect(report.spans).toEqual(expect.arrayContaining(ids.map((id) => expect.objectContaining({ id }))));
  };
}

const UNAUTHORIZED = 'every call was a 401: the headers went out as "0: accept", "1: application/json" …';

const UNTRACED = "no trace: the header of the agent was lost";

row("OpenTelemetry, instrumentation-http 0.223.0", {
  reason: UNAUTHORIZED,
  program: "otel-http.cjs",
  check: traced("traceparent"),
});

row("OpenTelemetry, instrumentation-http 0.223.0, ES modules", {
  reason: UNAUTHORIZED,
  program: "otel-esm.mjs",
  flags: ["--no-warnings", "--experimental-loader=@opentelemetry/instrumentation/hook.mjs"],
  check: traced("traceparent"),
});

row("OpenTelemetry, instrumentation-undici 0.33.0", {
  reason: "worked before: guards the trace of a client that calls over fetch",
  program: "otel-undici.cjs",
  official: "none",
  check: traced("traceparent"),
});

row("Sentry 10.78.0", {
  reason: UNTRACED,
  program: "sentry.cjs",
  check: traced("sentry-trace", (value) => value.split("-")[1] ?? ""),
});

row("Sentry 10.78.0, ES modules", {
  reason: UNTRACED,
  program: "sentry-esm.mjs",
  flags: ["--import", "./sentry-init.mjs"],
  check: traced("sentry-trace", (value) => value.split("-")[1] ?? ""),
});

row("New Relic 13.20.0", {
  reason: "every call failed with ERR_INVALID_ARG_VALUE",
  program: "newrelic.cjs",
  env: {
    NEW_RELIC_SERVERLESS_MODE_ENABLED: "true",
    NEW_RELIC_APP_NAME: "field",
    NEW_RELIC_ACCOUNT_ID: "1",
    NEW_RELIC_TRUSTED_ACCOUNT_KEY: "1",
    NEW_RELIC_PRIMARY_APPLICATION_ID: "1",
    NEW_RELIC_LOG_ENABLED: "false",
    NEW_RELIC_DISTRIBUTED_TRACING_ENABLED: "true",
  },
  check: traced("traceparent"),
});

const datadog = {
  program: "datadog.cjs",
  check: traced("x-datadog-parent-id", String),
};
const DATADOG = {
  DD_TRACE_AGENT_URL: "http://127.0.0.1:9",
  DD_INSTRUMENTATION_TELEMETRY_ENABLED: "false",
  DD_REMOTE_CONFIGURATION_ENABLED: "false",
};

row("Datadog, dd-trace 5.132.0, a service", {
  ...datadog,
  reason: UNAUTHORIZED,
  env: { ...DATADOG, SERVER: "1" },
});

row("Datadog, dd-trace 5.132.0, a job that never asks for node:http", {
  ...datadog,
  reason: "no trace: the tracer sees require() alone, and the client took node:http by process.getBuiltinModule()",
  env: DATADOG,
});

row("AWS X-Ray 3.12.0", {
  reason: UNTRACED,
  program: "xray.cjs",
  env: { AWS_XRAY_DAEMON_ADDRESS: "127.0.0.1:9", AWS_XRAY_LOG_LEVEL: "silent" },
  check: traced("x-amzn-trace-id", (value) => /Parent=(\w+)/.exec(value)?.[1] ?? ""),
});

row("Elastic APM 4.18.0", {
  reason: UNAUTHORIZED,
  program: "elastic.cjs",
  check: traced("traceparent"),
});
