import { describe, expect, it } from "vitest";
import { client, TRANSPORTS, USER } from "../support/clients.ts";
import { serveRaw } from "../support/server.ts";

const call = (url: string, options = {}) => client(url, { retries: 0, ...options }).getUser({ userId: "u" });

describe.each(TRANSPORTS)("a change of protocols over %s", (name, transport) => {
  it("is not a response", async () => {
    await using server = await serveRaw((socket) => {
      socket.once("data", () =>
        socket.write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n"),
      );
    });
    // The `fetch` of Node does not report the response.
    const end =
      name === "fetch"
        ? { errorCode: "network_error" }
        : { errorCode: "invalid_response", statusCode: 101, attempts: 1 };
    await expect(call(server.url, transport)).rejects.toMatchObject(end);
  });
});

describe("interim responses over node:http", () => {
  it("end the attempt when there are thousands of them", async () => {
    await using server = await serveRaw((socket) => {
      const interim = "HTTP/1.1 102 Processing\r\n\r\n".repeat(100);
      const pour = () => {
        while (!socket.destroyed && socket.write(interim));
      };
      socket.on("drain", pour).once("data", pour);
    });
    await expect(call(server.url, { timeout: 30_000 })).rejects.toMatchObject({
      errorCode: "invalid_response",
      statusCode: undefined,
      mayHaveBeenProcessed: true,
    });
  });

  it("are ignored when there are a few of them", async () => {
    const body = JSON.stringify(USER);
    await using server = await serveRaw((socket) => {
      socket.once("data", () => {
        socket.write("HTTP/1.1 103 Early Hints\r\n\r\n".repeat(50));
        socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
      });
    });
    await expect(call(server.url)).resolves.toEqual(USER);
  });

  it("with a status below 100 are not a response, and the call is retried", async () => {
    await using server = await serveRaw((socket) => {
      socket.once("data", () => socket.end("HTTP/1.1 000 Nothing\r\ncontent-length: 0\r\n\r\n"));
    });
    await expect(call(server.url, { retries: 1 })).rejects.toMatchObject({
      errorCode: "invalid_response",
      statusCode: undefined,
      attempts: 2,
      mayHaveBeenProcessed: true,
    });
  });
});
