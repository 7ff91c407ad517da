import { SingleBar } from "cli-progress";
import type { MigrationProgress } from "../import/types.ts";
import { counted } from "./texts.ts";

/** Where progress is shown: a terminal, or whatever its output was sent to. */
export interface TextOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
}

/** Shows how far a migration is. */
export interface Progress {
  show(progress: MigrationProgress): void;
  /** Ends it, so that other text can follow. */
  end(): void;
}

/** How often a line is written where no bar can be drawn, in ms. */
const BETWEEN_LINES = 10_000;

/** A bar on a terminal, and a line now and then elsewhere. */
export function showProgress(screen: NodeJS.WriteStream | TextOutput, now: () => number = Date.now): Progress {
  return screen.isTTY && "columns" in screen ? bar(screen) : lines(screen, now);
}

function bar(stream: NodeJS.WriteStream): Progress {
  const drawn = new SingleBar({
    stream,
    format: "{bar} {percentage}% {value} of {total} users, {eta_formatted} left{pause}",
    barCompleteChar: "█",
    barIncompleteChar: "░",
    hideCursor: null,
    etaBuffer: 200,
    gracefulExit: false,
  });
  let isStarted = false;
  return {
    show(progress) {
      const { finished, total } = progress;
      const pause = pauseOf(progress);
      if (!isStarted) drawn.start(total, 0, { pause });
      isStarted = true;
      drawn.update(finished, { pause });
    },
    end() {
      if (isStarted) drawn.stop();
    },
  };
}

function lines(screen: TextOutput, now: () => number): Progress {
  let last = now();
  let hasSaidWhy = false;
  return {
    show(progress) {
      const { finished, total, unanswered } = progress;
      const waits = finished < total && finished + unanswered >= total;
      if (now() - last < BETWEEN_LINES && finished < total && (!waits || hasSaidWhy)) return;
      last = now();
      hasSaidWhy ||= waits;
      screen.write(`${finished} of ${counted(total, "user")}${pauseOf(progress)}\n`);
    },
    end() {},
  };
}

/** Why it goes on slowly, or not at all. */
function pauseOf({ pausedUntil, unanswered }: MigrationProgress): string {
  const lost = unanswered === 0 ? "" : `, waiting to see whether ${counted(unanswered, "user")} got through`;
  return lost + (pausedUntil === undefined ? "" : `, paused until ${timeOf(pausedUntil)}`);
}

function timeOf(moment: number): string {
  return new Date(moment).toISOString().replace(/.*T|\..*/g, "");
}
