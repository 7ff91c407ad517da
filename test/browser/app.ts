import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { Authsignal as OfficialAuthsignal } from "@authsignal/node";
import express from "express";
import type { Emulator } from "../../src/emulator/index.ts";
import { Authsignal } from "../../src/index.ts";
import { outcomePage, sdkPage, startPage } from "./app-pages.ts";

// An app with step-up authentication, as a customer would write it.

/** The user who is signed in to the app. */
export const userId = "usr_1";
export const action = "withdraw";

/** The package that the app uses on its server. */
export type ServerPackage = "authsignal-ts" | "@authsignal/node";

/** The methods that both packages have. */
interface ServerClient {
  track(request: {
    userId: string;
    action: string;
    attributes: { redirectUrl?: string; redirectToSettings?: boolean; scope?: string };
  }): Promise<{ state: string; url: string; token: string }>;
  readonly webhook: { constructEvent(payload: string, signature: string): object };
  validateChallenge(request: {
    action: string;
    token: string;
  }): Promise<{ isValid: boolean; state?: string; userId?: string; verificationMethod?: string; error?: string }>;
}

export interface App extends AsyncDisposable {
  readonly origin: string;
  /** The types of the webhook events that the app has received with valid signatures. */
  readonly events: string[];
  /** Whether the webhook handler of the app fails. */
  isBroken: boolean;
  /** Tracks a withdrawal, and returns the URL of its challenge page. */
  track(): Promise<string>;
}

const BROWSER_SDK = readFileSync(
  join(import.meta.dirname, "../../node_modules/@authsignal/browser/dist/index.js"),
  "utf8",
);

function clientOf({ apiSecretKey, apiUrl }: Emulator, name: ServerPackage): ServerClient {
  return name === "authsignal-ts"
    ? new Authsignal({ apiSecretKey, apiUrl })
    : new OfficialAuthsignal({ apiSecretKey, apiUrl });
}

/** Starts the app on a free port of this machine. */
export async function startApp(emulator: Emulator, name: ServerPackage = "authsignal-ts"): Promise<App> {
  const authsignal = clientOf(emulator, name);
  const app = express();
  const server = createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("The app has no port");
  const origin = `http://127.0.0.1:${address.port}`;
  const redirectUrlOf = (name: string) => `${origin}/callback/${name}?order=7&note=a%20b#end`;

  app.post("/webhooks", express.text({ type: "*/*" }), (request, response) => {
    if (site.isBroken) return void response.status(500).send("The handler is broken");
    const event = authsignal.webhook.constructEvent(request.body, request.get("x-signature-v2") ?? "");
    const records: readonly object[] = Reflect.get(event, "records") ?? [event];
    site.events.push(...records.map((one) => String(Reflect.get(one, "type"))));
    response.sendStatus(204);
  });
  app.use(express.json());
  app.get("/", (_request, response) => response.send(startPage()));
  app.post("/withdraw", async (_request, response) => {
    const attributes = { redirectUrl: redirectUrlOf(action) };
    const { state, url } = await authsignal.track({ userId, action, attributes });
    if (state === "CHALLENGE_REQUIRED") response.redirect(303, url);
    else response.send(outcomePage({ done: state === "ALLOW", state }));
  });
  app.post("/signup", async (_request, response) => {
    const attributes = { redirectUrl: redirectUrlOf("signup") };
    response.redirect(303, (await authsignal.track({ userId, action: "signup", attributes })).url);
  });
  app.post("/settings", async (_request, response) => {
    const scope = "add:authenticators remove:authenticators";
    const attributes = { redirectUrl: redirectUrlOf("settings"), redirectToSettings: true, scope };
    response.redirect(303, (await authsignal.track({ userId, action: "settings", attributes })).url);
  });
  app.get("/callback/:action", async (request, response) => {
    const { token, order, note } = request.query;
    const { isValid, state, verificationMethod, error } = await authsignal.validateChallenge({
      action: request.params.action,
      token: String(token),
    });
    response.send(outcomePage({ done: isValid, state, verificationMethod, error, order, note }));
  });

  app.get("/sdk", (_request, response) => response.send(sdkPage(emulator)));
  app.get("/authsignal.js", (_request, response) => response.type("js").send(BROWSER_SDK));
  app.post("/api/track", async (request, response) => {
    response.json(await authsignal.track({ userId, action, attributes: {}, ...request.body }));
  });
  app.post("/api/validate", async (request, response) => {
    response.json(await authsignal.validateChallenge({ action, ...request.body }));
  });

  const site: App = {
    origin,
    events: [],
    isBroken: false,
    async track() {
      return (await authsignal.track({ userId, action, attributes: { redirectUrl: redirectUrlOf(action) } })).url;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return site;
}
