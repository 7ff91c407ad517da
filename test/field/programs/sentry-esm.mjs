// The same for ES modules, as a program that is started with --import of its instrumentation.
import * as Sentry from "@sentry/node";
import { callAll, options, packageName, report } from "./calls.mjs";

const { Authsignal } = await import(packageName);
const results = await Sentry.startSpan({ name: "withdraw", op: "task" }, () => callAll(new Authsignal(options)));
await Sentry.flush(2_000);
const spans = globalThis.keptSpans.filter(({ op }) => op === "http.client");
report({ results, spans: spans.map(({ span_id, description }) => ({ id: span_id, name: description })) });
