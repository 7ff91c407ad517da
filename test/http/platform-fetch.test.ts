import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { USER } from "../support/clients.ts";
import { json, serve } from "../support/server.ts";

const WORKERS = "data:text/javascript,globalThis.WebSocketPair = class {};";

describe("a runtime without a node:http of its own", () => {
  it("uses the platform's fetch, with the same retries, deadline and checks", async () => {
    let failed = false;
    await using server = await serve((response, { path }) => {
      if (path.endsWith("silent")) return;
      if (path.endsWith("redirect")) return response.writeHead(302, { location: "/users/elsewhere" }).end();
      if (path.endsWith("challenge")) return response.end("<html>");
      if (path.endsWith("once-503") && !failed) {
        failed = true;
        return json(response, 503, {}, { "retry-after": "0" });
      }
      json(response, 200, USER);
    });
    const program = join(import.meta.dirname, "../support/platform-fetch-program.ts");
    const env = { ...process.env, SERVER: server.url };
    const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", "--import", WORKERS, program], {
      env,
    });
    expect(JSON.parse(stdout)).toEqual({
      value: USER,
      retried: USER,
      redirected: { statusCode: 302, errorCode: "invalid_response", attempts: 1, mayHaveBeenProcessed: false },
      silent: { errorCode: "timeout", attempts: 1, mayHaveBeenProcessed: true },
      html: { statusCode: 200, errorCode: "invalid_response", attempts: 1, mayHaveBeenProcessed: true },
    });
    expect(server.received.map(({ path }) => path)).toContain("/users/a%2Fb");
    expect(server.received.map(({ path }) => path)).not.toContain("/users/elsewhere");
    expect(server.received.every(({ headers }) => headers["sec-fetch-mode"] === "cors")).toBe(true);
  });
});
