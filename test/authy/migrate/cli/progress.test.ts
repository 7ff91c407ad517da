import { describe, expect, it } from "vitest";
import { showProgress } from "../../../../src/authy/migrate/cli/progress.ts";

describe("progress", () => {
  it("is a line now and then where there is no terminal", () => {
    let now = 0;
    let text = "";
    const screen = { write: (line: string) => (text += line) };
    const progress = showProgress(screen, () => now);
    for (let finished = 1; finished <= 40; finished += 1) {
      now += 1_000;
      progress.show({
        finished,
        total: 40,
        unanswered: 0,
        pausedUntil: finished === 20 ? Date.UTC(2026, 0, 1, 12, 30) : undefined,
      });
    }
    progress.end();
    expect(text).toBe("10 of 40 users\n20 of 40 users, paused until 12:30:00\n30 of 40 users\n40 of 40 users\n");
  });

  it("says why it waits when only lost answers are left", () => {
    let text = "";
    const progress = showProgress({ write: (line: string) => (text += line) }, () => 0);
    const wait = { total: 3, pausedUntil: undefined };
    progress.show({ ...wait, finished: 1, unanswered: 1 });
    progress.show({ ...wait, finished: 1, unanswered: 2 });
    progress.show({ ...wait, finished: 2, unanswered: 1 });
    progress.show({ ...wait, finished: 3, unanswered: 0 });
    expect(text).toBe("1 of 3 users, waiting to see whether 2 users got through\n3 of 3 users\n");
  });

  it("is one line on a terminal, which is overwritten and never wraps", () => {
    let now = 0;
    const writes: string[] = [];
    const screen = { isTTY: true, columns: 40, write: (text: string) => writes.push(text) };
    const progress = showProgress(screen, () => now);
    const show = (finished: number, unanswered = 0) =>
      progress.show({ finished, total: 1_000, unanswered, pausedUntil: undefined });
    show(1);
    show(2);
    now += 100;
    show(3, 12);
    now += 100;
    show(4);
    show(1_000);
    progress.end();
    progress.end();
    expect(writes).toEqual([
      "\r1 of 1000 users",
      "\r3 of 1000 users, waiting to see whether",
      "\r4 of 1000 users".padEnd(40),
      "\r1000 of 1000 users",
      "\n",
    ]);
  });

  it("writes nothing on a terminal when nothing was shown", () => {
    const writes: string[] = [];
    showProgress({ isTTY: true, write: (text: string) => writes.push(text) }).end();
    expect(writes).toEqual([]);
  });
});
