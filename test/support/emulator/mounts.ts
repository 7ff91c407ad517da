import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import { Hono } from "hono";
import { createEmulator, type Emulator, type EmulatorOptions } from "../../../src/emulator/emulator.ts";
import { fetchHandler, nodeHandler } from "../../../src/emulator/mount.ts";

/** Where the emulator is mounted in the servers of these tests. */
export const PATH = "/authsignal";

/** What the server says that has an emulator in it. */
export const OF_THE_APP = "the app's own page";

type FetchHandler = (request: Request) => Response | Promise<Response>;

const listenerOf = (handler: FetchHandler): RequestListener =>
  getRequestListener(handler, { overrideGlobalObjects: false });

/** An app of Hono in which a route of one's own is beside the emulator. */
function honoApp(mount: (app: Hono) => void): RequestListener {
  const app = new Hono();
  mount(app);
  app.get("/page", ({ text }) => text(OF_THE_APP));
  return listenerOf(app.fetch);
}

function expressApp(mount: (app: express.Express) => void): RequestListener {
  const app = express();
  mount(app);
  app.use(express.json());
  app.get("/page", (_request, response) => {
    response.send(OF_THE_APP);
  });
  return app;
}

/** What a file `app/authsignal/[[...path]]/route.ts` of Next.js exports, and who calls it. */
function routeHandlers(emulator: Emulator): RequestListener {
  const handler = fetchHandler(emulator);
  const route = new Map<string, FetchHandler>(
    Object.entries({ GET: handler, POST: handler, PUT: handler, PATCH: handler, DELETE: handler }),
  );
  return listenerOf((request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/page") return new Response(OF_THE_APP);
    const isOfRoute = pathname === PATH || pathname.startsWith(`${PATH}/`);
    const method = isOfRoute ? route.get(request.method) : undefined;
    return method?.(request) ?? new Response(null, { status: isOfRoute ? 405 : 404 });
  });
}

/** The ways to mount an emulator, by name. */
export const MOUNTS: [name: string, mount: (emulator: Emulator) => RequestListener][] = [
  ["Express, at a path", (emulator) => expressApp((app) => app.use(PATH, nodeHandler(emulator)))],
  ["Express, as it is", (emulator) => expressApp((app) => app.use(nodeHandler(emulator)))],
  [
    "Hono, as a route",
    (emulator) => honoApp((app) => app.all(`${PATH}/*`, ({ req }) => fetchHandler(emulator)(req.raw))),
  ],
  ["Hono, mounted", (emulator) => honoApp((app) => app.mount(PATH, fetchHandler(emulator), { replaceRequest: false }))],
  ["a route handler", routeHandlers],
  [
    "a server of Node",
    (emulator) => {
      const handle = nodeHandler(emulator);
      return (request, response) => handle(request, response, () => response.end(OF_THE_APP));
    },
  ],
];

export interface Mounted extends AsyncDisposable {
  readonly emulator: Emulator;
  /** The address of the server in which the emulator is. */
  readonly url: string;
}

/** A server on a free port with an emulator in it. */
export async function mounted(
  mount: (emulator: Emulator) => RequestListener,
  options: EmulatorOptions = {},
  path = PATH,
): Promise<Mounted> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${Object(server.address()).port}`;
  const emulator = createEmulator({ origin: `${url}${path}`, ...options });
  server.on("request", mount(emulator));
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await emulator.close();
  };
  return { emulator, url, [Symbol.asyncDispose]: close };
}
