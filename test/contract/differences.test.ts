import { inspect } from "node:util";
import * as official from "@authsignal/node";
import { expect, it } from "vitest";
import { Authsignal } from "../../src/index.ts";
import { invoke } from "./calls.ts";
import { apiSecretKey, only, parsed, useLoopback } from "./harness.ts";
import type { Received, Reply } from "./loopback.ts";
import { json, record } from "./recorder.ts";

// The intended differences between our facade and the official client: what, why, and the proof.
// Not compared are retries, which the official client installs on the axios of the whole process.

const loopback = useLoopback();
const userId = "usr_123";
const user = json(200, { isEnrolled: false });
const decision = json(200, { state: "ALLOW", url: "https://x", token: "t", isEnrolled: false, idempotencyKey: "k" });

/** Makes both clients, each with a server that sends `reply` to every request. */
function both(reply: Reply) {
  const theirServer = record(loopback, reply);
  const ourServer = record(loopback, reply);
  return {
    theirs: new official.Authsignal({ apiSecretKey, apiUrl: theirServer.apiUrl, retries: 0 }),
    ours: new Authsignal({ apiSecretKey, apiUrl: ourServer.apiUrl, retries: 0 }),
    theirRequests: theirServer.requests,
    ourRequests: ourServer.requests,
  };
}

/** Makes one call with both clients and returns the request of each. */
async function sent(name: string, request: unknown, reply: Reply): Promise<{ theirs: Received; ours: Received }> {
  const { theirs, ours, theirRequests, ourRequests } = both(reply);
  await invoke(theirs, name, request);
  await invoke(ours, name, request);
  return { theirs: only(theirRequests), ours: only(ourRequests) };
}

interface Difference {
  readonly what: string;
  readonly why: string;
  readonly proof: () => Promise<void>;
}

const differences: Difference[] = [
  {
    what: "an id that means something in a path is escaped",
    why: "it reaches the user of that id, not another resource",
    async proof() {
      const reached = {
        "usr_123/authenticators": "/users/usr_123/authenticators",
        "usr_1/../usr_2": "/users/usr_2",
        "usr_123?x=1": "/users/usr_123?x=1",
        "usr_123#2": "/users/usr_123",
        "usr%5F123": "/users/usr%5F123",
      };
      for (const [id, theirRoute] of Object.entries(reached)) {
        const { theirs, ours } = await sent("getUser", { userId: id }, user);
        expect(theirs.path).toBe(theirRoute);
        expect(ours.path).toBe(`/users/${encodeURIComponent(id)}`);
      }
    },
  },
  {
    what: "an id that cannot be one segment of a path is refused",
    why: "the official client deletes the user when told to delete the authenticator '..'",
    async proof() {
      const { theirs, theirRequests, ours, ourRequests } = both(json(200, { success: true }));
      await theirs.deleteAuthenticator({ userId, userAuthenticatorId: ".." });
      expect(only(theirRequests)).toMatchObject({ method: "DELETE", path: "/users/usr_123/" });
      for (const userAuthenticatorId of ["..", ".", "", "\ud800"]) {
        const refused = ours.deleteAuthenticator({ userId, userAuthenticatorId });
        await expect(refused).rejects.toMatchObject({ errorCode: "invalid_argument", attempts: 0 });
      }
      expect(ourRequests).toHaveLength(0);
    },
  },
  {
    what: "an id with signs that are harmless in a path is escaped, too",
    why: "one rule for all ids; a server reads the same id in both",
    async proof() {
      for (const id of ["auth0|123", "jo@example.com", "a:b", "Zoë"]) {
        const { theirs, ours } = await sent("getUser", { userId: id }, user);
        expect(decodeURIComponent(theirs.path)).toBe(decodeURIComponent(ours.path));
        expect(ours.path).toBe(`/users/${encodeURIComponent(id)}`);
      }
    },
  },
  {
    what: "track without an idempotencyKey gets one",
    why: "so that a repeated track is the same action",
    async proof() {
      const { theirs, ours } = await sent(
        "track",
        { userId, action: "signIn", attributes: { locale: "en" } },
        decision,
      );
      const { idempotencyKey, ...rest } = Object(parsed(ours.body));
      expect(rest).toEqual(parsed(theirs.body));
      expect(idempotencyKey).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      expect(ours.path).toBe(theirs.path);
    },
  },
  {
    what: "limit: 0 is sent",
    why: "the caller passed it; the service decides whether it is valid",
    async proof() {
      const { theirs, ours } = await sent("queryUsers", { username: "jo", limit: 0 }, json(200, { users: [] }));
      expect(theirs.path).toBe("/users?username=jo");
      expect(ours.path).toBe("/users?username=jo&limit=0");
    },
  },
  {
    what: "an empty filter is sent",
    why: "leaving it out would widen the query without a word",
    async proof() {
      const { theirs, ours } = await sent("queryUsers", { email: "" }, json(200, { users: [] }));
      expect(theirs.path).toBe("/users");
      expect(ours.path).toBe("/users?email=");
    },
  },
  {
    what: "blanks in a query are %20, and parameters stand as the caller wrote them",
    why: "every server reads %20, only forms know '+'; order means nothing",
    async proof() {
      const request = { email: "jo@example.com", username: "Jo Bloggs" };
      const { theirs, ours } = await sent("queryUsers", request, json(200, { users: [] }));
      expect(theirs.path).toBe("/users?username=Jo+Bloggs&email=jo%40example.com");
      expect(ours.path).toBe("/users?email=jo%40example.com&username=Jo%20Bloggs");
    },
  },
  {
    what: "deleteUser can ask for the actions to go, too",
    why: "the reference has the flag, the official client does not",
    async proof() {
      const { theirs, ours } = await sent("deleteUser", { userId, actions: true }, json(200, { success: true }));
      expect(theirs.path).toBe("/users/usr_123");
      expect(ours.path).toBe("/users/usr_123?actions=true");
    },
  },
  {
    what: "deletions give { success }",
    why: "the service says whether it worked, so the caller may know",
    async proof() {
      const { theirs, ours } = both(json(200, { success: true }));
      const authenticator = { userId, userAuthenticatorId: "authenticator_1" };
      expect(await theirs.deleteUser({ userId })).toBeUndefined();
      expect(await ours.deleteUser({ userId })).toEqual({ success: true });
      expect(await theirs.deleteAuthenticator(authenticator)).toBeUndefined();
      expect(await ours.deleteAuthenticator(authenticator)).toEqual({ success: true });
    },
  },
  {
    what: "User-Agent and X-Authsignal-Version are our own",
    why: "the service can tell its clients apart",
    async proof() {
      const { theirs, ours } = await sent("getUser", { userId }, user);
      expect(theirs.headers).toMatchObject({ "user-agent": "authsignal-node", "x-authsignal-version": "2.20.0" });
      expect(ours.headers["user-agent"]).toBe(`authsignal-ts/${ours.headers["x-authsignal-version"]}`);
      expect(ours.headers["x-authsignal-version"]).toMatch(/^\d+\.\d+\.\d+/);
    },
  },
  {
    what: "Accept names JSON alone, and Accept-Encoding nothing",
    why: "no other body is read; an encoded one could grow past every limit, and responses are small",
    async proof() {
      const { theirs, ours } = await sent("getUser", { userId }, user);
      expect(theirs.headers.accept).toBe("application/json, text/plain, */*");
      expect(theirs.headers["accept-encoding"]).toMatch(/gzip/);
      expect(ours.headers).toMatchObject({ accept: "application/json", "accept-encoding": "identity" });
    },
  },
  {
    what: "a success of a wrong form is an error",
    why: "a captive portal's page must not pass for a response",
    async proof() {
      const { theirs, ours } = both({ status: 200, headers: { "content-type": "text/html" }, body: "<h1>Hi</h1>" });
      expect(await theirs.getUser({ userId })).toBe("<h1>Hi</h1>");
      await expect(ours.getUser({ userId })).rejects.toMatchObject({ statusCode: 200, errorCode: "invalid_response" });
    },
  },
  {
    what: "redirects are not followed",
    why: "the secret goes to one address",
    async proof() {
      const elsewhere = record(loopback, user);
      const { theirs, ours } = both({ status: 307, headers: { location: `${elsewhere.apiUrl}/users/usr_123` } });
      await expect(ours.getUser({ userId })).rejects.toMatchObject({ statusCode: 307, mayHaveBeenProcessed: false });
      expect(elsewhere.requests).toHaveLength(0);
      await theirs.getUser({ userId });
      expect(only(elsewhere.requests).headers.authorization).toMatch(/^Basic /);
    },
  },
  {
    what: "the error of a gateway has a code and says what the gateway says",
    why: "code that branches on errorCode must not meet undefined",
    async proof() {
      const { theirs, ours } = both(json(404, { message: "Not Found" }));
      await expect(theirs.getUser({ userId })).rejects.toMatchObject({
        errorCode: undefined,
        message: expect.stringContaining("undefined"),
      });
      await expect(ours.getUser({ userId })).rejects.toMatchObject({
        errorCode: "not_found",
        errorDescription: "Not Found",
      });
    },
  },
  {
    what: "without a response there is no status",
    why: "a 500 that no server sent sends people looking in the wrong place",
    async proof() {
      const apiUrl = "http://127.0.0.1:1";
      const theirs = new official.Authsignal({ apiSecretKey, apiUrl, retries: 0 });
      const ours = new Authsignal({ apiSecretKey, apiUrl, retries: 0 });
      await expect(theirs.getUser({ userId })).rejects.toMatchObject({ statusCode: 500 });
      await expect(ours.getUser({ userId })).rejects.toMatchObject({
        statusCode: undefined,
        errorCode: "network_error",
        mayHaveBeenProcessed: false,
      });
    },
  },
  {
    what: "a printed client shows no secret",
    why: "clients end up in logs",
    async proof() {
      const { theirs, ours } = both(user);
      const everything = { depth: Infinity, showHidden: true };
      expect(inspect(theirs, everything)).toContain(apiSecretKey);
      expect(inspect(ours, everything)).not.toContain(apiSecretKey);
    },
  },
];

for (const { what, why, proof } of differences) it(`${what}: ${why}`, proof);
