import { once } from "node:events";
import { type ClientHttp2Session, connect, createServer, type IncomingHttpHeaders } from "node:http2";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createEmulator, type Emulator } from "../../src/emulator/emulator.ts";
import { nodeHandler } from "../../src/emulator/mount.ts";
import { failureOf } from "../support/clients.ts";
import { basic } from "../support/emulator/emulator.ts";

// A development server with a certificate, such as that of Vite, speaks HTTP/2.

let emulator: Emulator;
let session: ClientHttp2Session;
const server = createServer();
beforeEach(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = `http://127.0.0.1:${Object(server.address()).port}`;
  emulator = createEmulator({ origin: `${address}/authsignal` });
  server.on("request", nodeHandler(emulator));
  session = connect(address);
});
afterEach(async () => {
  session.destroy();
  server.removeAllListeners("request").close();
  await emulator.close();
});

async function send(
  headers: Record<string, string>,
  body = "",
): Promise<{ status: number | undefined; answer: unknown }> {
  const stream = session.request({ ":path": "/authsignal/health", ...headers }, { endStream: body === "" });
  if (body !== "") stream.end(body);
  const [answered]: IncomingHttpHeaders[] = await once(stream, "response");
  let text = "";
  for await (const piece of stream.setEncoding("utf8")) text += piece;
  return { status: Number(answered?.[":status"]), answer: JSON.parse(text) };
}

const tracking = {
  ":method": "POST",
  ":path": "/authsignal/v1/users/jo/actions/withdraw",
  authorization: basic("sk_emulator_default"),
};

describe("an emulator in a server of HTTP/2", () => {
  it("answers", async () => {
    expect(await send({})).toMatchObject({ status: 200, answer: { status: "ok" } });
    expect(await send(tracking, "{}")).toMatchObject({ status: 200, answer: { state: "ALLOW" } });
  });

  it("is not there for other hosts, and at other paths", async () => {
    expect(await send({ ...tracking, ":authority": "evil.example" }, "{}")).toMatchObject({ status: 403 });
    expect(await send({ ":path": "/page" })).toMatchObject({ status: 404 });
  });

  it("breaks off what is answered, and nothing else", async () => {
    emulator.faults.add({ connection: "reset", times: 1 });
    expect(await failureOf(send(tracking, "{}"))).toBeInstanceOf(Error);
    expect(await send(tracking, "{}")).toMatchObject({ status: 200 });
  });
});
