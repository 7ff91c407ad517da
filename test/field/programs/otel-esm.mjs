// A service in ES modules, started with the loader of OpenTelemetry, with a server.
import http from "node:http";
import { context, trace } from "@opentelemetry/api";
import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { callAll, options, packageName, report } from "./calls.mjs";

const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
provider.register();
registerInstrumentations({ instrumentations: [new HttpInstrumentation()] });

http.createServer().close();
const { Authsignal } = await import(packageName);
const parent = trace.getTracer("field").startSpan("withdraw");
const results = await context.with(trace.setSpan(context.active(), parent), () => callAll(new Authsignal(options)));
parent.end();
const spans = exporter.getFinishedSpans().filter((span) => span !== parent);
report({ results, spans: spans.map((span) => ({ id: span.spanContext().spanId, name: span.name })) });
