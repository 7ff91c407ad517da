import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import { expect, it, onTestFinished } from "vitest";
import { InvalidSignatureError } from "../../src/errors.ts";
import type { LogBatch, UnknownEvent, WebhookEvent } from "../../src/webhook/index.ts";
import { ANY_AGE, EMAIL, EMAIL_HEADER, MISMATCH, NON_ASCII, webhook } from "../support/webhook/deliveries.ts";

type Received = object | string;

/** What a handler responds with: what was signed, or the message of the error. */
async function answer(event: Promise<WebhookEvent | LogBatch | UnknownEvent>): Promise<Received> {
  return event.catch((error: unknown) => {
    expect(error).toBeInstanceOf(InvalidSignatureError);
    return error instanceof Error ? error.message : "";
  });
}

/** Serves on loopback until the test ends. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}/webhook`;
}

/** Delivers over the wire as the service does, and gives what the handler answered. */
async function deliver(url: string, body: string, signature: string): Promise<unknown> {
  const headers = { "content-type": "application/json", "X-Signature-V2": signature };
  const response = await fetch(url, { method: "POST", headers, body });
  return response.json();
}

async function expectGood(url: string): Promise<void> {
  expect(await deliver(url, EMAIL, EMAIL_HEADER)).toEqual(JSON.parse(EMAIL));
  expect(await deliver(url, NON_ASCII, webhook.sign(NON_ASCII))).toEqual(JSON.parse(NON_ASCII));
  expect(await deliver(url, `${EMAIL} `, EMAIL_HEADER)).toEqual(expect.stringContaining(MISMATCH));
}

it("a request of Express behind express.raw() is read as it is", async () => {
  const app = express();
  app.post("/webhook", express.raw({ type: "application/json" }), async (req, res) => {
    res.json(await answer(webhook.constructEventFromRequest(req, ANY_AGE)));
  });
  await expectGood(await serve(app));
});

it("a request of Express whose body was parsed is refused with words that name express.raw", async () => {
  const app = express();
  app.post("/webhook", express.json(), async (req, res) => {
    res.json(await answer(webhook.constructEventFromRequest(req, ANY_AGE)));
  });
  const url = await serve(app);
  expect(await deliver(url, EMAIL, EMAIL_HEADER)).toEqual(expect.stringMatching(/parsed object\. .*express\.raw\(/));
});

it("a request of Express without a parser is refused with words that name express.raw", async () => {
  const app = express();
  app.post("/webhook", async (req, res) => {
    res.json(await answer(webhook.constructEventFromRequest(req, ANY_AGE)));
  });
  const url = await serve(app);
  expect(await deliver(url, EMAIL, EMAIL_HEADER)).toEqual(expect.stringMatching(/there is none\. .*express\.raw\(/));
});

it("a request that keeps its raw body beside the parsed one is read, as those of NestJS and Cloud Functions", async () => {
  const app = express();
  app.use(express.json({ verify: (req, _res, buffer) => Object.assign(req, { rawBody: buffer }) }));
  app.post("/webhook", async (req, res) => {
    expect(req.body).toBeTypeOf("object");
    res.json(await answer(webhook.constructEventFromRequest(req, ANY_AGE)));
  });
  await expectGood(await serve(app));
});

it("a request of Fastify that parses as a buffer is read as it is, and else refused with words", async () => {
  const app = fastify();
  onTestFinished(() => app.close());
  const parsed = fastify();
  onTestFinished(() => parsed.close());
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  for (const one of [app, parsed]) {
    one.post<{ Body: Buffer }>("/webhook", async (request, reply) => {
      const received = await answer(webhook.constructEventFromRequest(request, ANY_AGE));
      return reply.type("application/json").send(JSON.stringify(received));
    });
  }
  await expectGood(`${await app.listen({ host: "127.0.0.1", port: 0 })}/webhook`);
  const url = `${await parsed.listen({ host: "127.0.0.1", port: 0 })}/webhook`;
  expect(await deliver(url, EMAIL, EMAIL_HEADER)).toEqual(expect.stringMatching(/parsed object\. .*parseAs: "buffer"/));
});

it("the web Request of Hono is read as it is", async () => {
  const app = new Hono();
  app.post("/webhook", async (c) => c.json(await answer(webhook.constructEventFromRequest(c.req.raw, ANY_AGE))));
  await expectGood(await serve(getRequestListener(app.fetch)));
});

it("a subclass of Request is read as it is, such as Next.js has", async () => {
  class NextRequest extends Request {
    readonly nextUrl = new URL(this.url);
  }
  const delivery = (body: string) =>
    new NextRequest("https://example.com/", { method: "POST", headers: { "x-signature-v2": EMAIL_HEADER }, body });
  expect(await answer(webhook.constructEventFromRequest(delivery(EMAIL), ANY_AGE))).toEqual(JSON.parse(EMAIL));
  expect(await answer(webhook.constructEventFromRequest(delivery("{}"), ANY_AGE))).toContain(MISMATCH);
});
