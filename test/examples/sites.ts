import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { Authsignal } from "authsignal-ts";
import type { EmulatorTenant } from "authsignal-ts/emulator";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import { withdrawals as withdrawalsOfExpress } from "./express.ts";
import { withdrawals as withdrawalsOfFastify } from "./fastify.ts";
import { signIn } from "./hono.ts";
import { withdrawals as withdrawalsOfNext } from "./next.ts";

/** The arguments of the examples. */
interface Equipment {
  readonly authsignal: Authsignal;
  readonly origin: string;
  readonly secret: string;
  /** Records that an action was carried out. */
  carryOut(what: string): void;
}

/** An example in a server that identifies users by a cookie. */
export interface Example {
  readonly name: string;
  readonly action: string;
  /** The path of its form. */
  readonly path: string;
  readonly returnPath: string;
  /** Whether the example is a sign-in, so that no user is signed in before. */
  readonly isSignIn: boolean;
  start(equipment: Equipment): RequestListener | Promise<RequestListener>;
}

export interface Site extends AsyncDisposable {
  readonly origin: string;
  /** The actions that were carried out, with their users. */
  readonly done: readonly string[];
}

type Withdrawal = { userId: string; amount: number };

const userIdIn = (cookies = ""): string | undefined => /\bsession=(\w+)/.exec(cookies)?.[1];

const bank = ({ carryOut, ...equipment }: Equipment) => ({
  ...equipment,
  withdraw: async ({ userId, amount }: Withdrawal) => carryOut(`${userId} ${amount}`),
});

const withdrawal = { action: "withdraw", path: "/withdraw", returnPath: "/withdraw/return", isSignIn: false };

export const EXAMPLES: readonly Example[] = [
  {
    ...withdrawal,
    name: "Express",
    start: (equipment) =>
      express().use(withdrawalsOfExpress({ ...bank(equipment), userIdOf: ({ headers }) => userIdIn(headers.cookie) })),
  },
  {
    ...withdrawal,
    name: "Fastify",
    async start(equipment) {
      const app = fastify();
      app.register(withdrawalsOfFastify({ ...bank(equipment), userIdOf: ({ headers }) => userIdIn(headers.cookie) }));
      await app.ready();
      return app.routing;
    },
  },
  {
    name: "Hono",
    action: "sign-in",
    path: "/sign-in",
    returnPath: "/sign-in/return",
    isSignIn: true,
    start: ({ carryOut, ...equipment }) =>
      getRequestListener(
        new Hono().route(
          "/",
          signIn({
            ...equipment,
            userWith: async (name, password) => (password === "right" ? name : undefined),
            startSession: async (_context, userId) => carryOut(userId),
          }),
        ).fetch,
        { overrideGlobalObjects: false },
      ),
  },
  {
    ...withdrawal,
    name: "Next.js",
    returnPath: "/withdraw",
    start(equipment) {
      const userIdOf = async ({ headers }: Request) => userIdIn(headers.get("cookie") ?? "");
      const { GET, POST } = withdrawalsOfNext({ ...bank(equipment), userIdOf });
      const handle = (request: Request) => (request.method === "POST" ? POST(request) : GET(request));
      return getRequestListener(handle, { overrideGlobalObjects: false });
    },
  },
];

/** The headings of the page before and after an action. */
export const HEADINGS = { before: "An app", after: "Done" };

/** Starts a site on a free port, with an example and a page with its form. */
export async function startSite(
  { start, path, isSignIn }: Example,
  tenant: EmulatorTenant,
  fetch?: (request: Request) => Promise<Response>,
): Promise<Site> {
  const { apiSecretKey, apiUrl } = tenant;
  const done: string[] = [];
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("The site has no port");
  // The emulator is at 127.0.0.1, so that the user comes back from another site, as in production.
  const origin = `http://localhost:${address.port}`;
  const example = await start({
    authsignal: new Authsignal({ apiSecretKey, apiUrl, fetch, retries: 0 }),
    origin,
    secret: "a secret of the tests, which is long enough",
    carryOut: (what) => void done.push(what),
  });
  const fields = isSignIn ? '<input name="name"><input name="password" type="password">' : '<input name="amount">';
  server.on("request", (request, response) => {
    if (!["/", "/withdrawals"].includes(request.url ?? "")) return example(request, response);
    const heading = done.length > 0 ? HEADINGS.after : HEADINGS.before;
    response.setHeader("content-type", "text/html").end(`<!doctype html><html lang="en"><link rel="icon" href="data:,">
<title>${heading}</title><h1>${heading}</h1><form method="post" action="${path}">${fields}<button>Go</button></form>`);
  });
  return {
    origin,
    done,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
