import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { USER } from "../support/clients.ts";
import { json, serve } from "../support/server.ts";

describe("a thousand clients", () => {
  it("share connections, change no global, and leave no timer or listener", async () => {
    await using server = await serve((response) => json(response, 200, USER));
    const program = join(import.meta.dirname, "../support/many-clients-program.ts");
    const env = { ...process.env, SERVER: server.url };
    const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", program], { env });
    expect(JSON.parse(stdout)).toEqual({ globals: [], listeners: true, timers: [] });
    expect(server.received).toHaveLength(20);
    expect(new Set(server.received.map(({ port }) => port)).size).toBe(1);
  });
});
