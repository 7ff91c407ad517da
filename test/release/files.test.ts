import { readFileSync } from "node:fs";
import { join } from "node:path";
import read from "@changesets/read";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

const root = join(import.meta.dirname, "../..");

describe("a release", () => {
  it("has valid changesets for this package", async () => {
    for (const { id, summary, releases } of await read(root)) {
      expect(summary, id).not.toBe("");
      expect(
        releases.map(({ name }) => name),
        id,
      ).toEqual(["authsignal-ts"]);
    }
  });

  it.each(["ci", "release"])("has a workflow %s with pinned actions, least rights and no secrets", (name) => {
    const text = readFileSync(join(root, `.github/workflows/${name}.yml`), "utf8");
    const { permissions, jobs } = parse(text);
    expect(permissions).toEqual({ contents: "read" });
    expect(text).not.toMatch(/secrets\.|registry/);
    const used = Object.values<{ steps: { uses?: string; run?: string }[] }>(jobs).flatMap(({ steps }) => steps);
    expect(used.map(({ run }) => run)).toContain(".ci/run");
    const actions = used.flatMap(({ uses }) => uses ?? []);
    expect(actions.length).toBeGreaterThan(1);
    for (const action of actions) expect(action).toMatch(/@v\d+\.\d+\.\d+$/);
  });

  it("is published with provenance", () => {
    const { jobs } = parse(readFileSync(join(root, ".github/workflows/release.yml"), "utf8"));
    expect(jobs.publish).toMatchObject({ environment: "npm", permissions: { contents: "read", "id-token": "write" } });
    expect(jobs.publish.steps.at(-1).run).toMatch(/^npm publish --provenance /);
  });
});
