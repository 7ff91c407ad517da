import { describe, expect, it } from "vitest";
import { isAllowedHost } from "../../../src/emulator/http/hosts.ts";

describe("a host", () => {
  const allowed = ["emulator", "Ci.Example:80", "[fd00::1]"];

  it.each([
    "localhost",
    "LocalHost:4300",
    "emulator.localhost",
    "a.b-c.localhost:1",
    "127.0.0.1",
    "127.255.0.9:65535",
    "[::1]",
    "[::1]:4300",
    "emulator",
    "EMULATOR:4300",
    "ci.example",
    "ci.example:8080",
    "[FD00::1]:1",
  ])("is allowed as %s", (host) => expect(isAllowedHost(host, allowed)).toBe(true));

  it.each([
    "",
    " ",
    ":4300",
    "evil.example",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "127.0.0.1.localhost.evil.example",
    "notlocalhost",
    ".localhost",
    "a..localhost",
    "localhost.",
    "user@localhost",
    "localhost@evil.example",
    "localhost:80@evil.example",
    "localhost:4300:4300",
    "localhost:x",
    "localhost/..",
    "localhost#",
    "localhost\n",
    " localhost",
    "localhost,evil.example",
    "http://localhost",
    "127.1",
    "127.0.0.01",
    "127.0.0.256",
    "127.0.0.1.",
    "0x7f.0.0.1",
    "2130706433",
    "128.0.0.1",
    "0.0.0.0",
    "::1",
    "[::1",
    "[::1]x",
    "[::2]",
    "[::ffff:127.0.0.1]",
    "loc\u0430lhost",
    "emulator.example",
    "x.emulator",
    "fd00::1",
  ])("is refused as %j", (host) => expect(isAllowedHost(host, allowed)).toBe(false));

  it("is not allowed because one that is allowed makes no sense", () => {
    expect(isAllowedHost("evil example", ["evil example", ""])).toBe(false);
    expect(isAllowedHost("", [""])).toBe(false);
  });

  it("is looked at quickly however long it is", () => {
    for (const host of ["a.".repeat(500_000), "a".repeat(1_000_000), "[".repeat(1_000_000), "127.".repeat(250_000)]) {
      expect(isAllowedHost(`${host}!`, allowed)).toBe(false);
    }
  });
});
