import type { MigrationProgress } from "../import/types.ts";
import { counted } from "./texts.ts";

/** The output that shows the progress: a terminal, a pipe or a file. */
export interface TextOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  /** The width of a terminal, in characters. */
  readonly columns?: number | undefined;
}

/** Shows the progress of a migration. */
export interface Progress {
  show(progress: MigrationProgress): void;
  /** Ends the output, so that other text can follow. */
  end(): void;
}

/** The least time between two lines in a pipe or a file, in ms. */
const BETWEEN_LINES = 10_000;
/** The least time between two updates of the line on a terminal, in ms. */
const BETWEEN_UPDATES = 100;
/** The width of a terminal whose width is unknown, in characters. */
const DEFAULT_COLUMNS = 80;

/** Shows progress: on a terminal in one line that is overwritten, elsewhere in a line every 10 seconds at most. */
export function showProgress(output: TextOutput, now: () => number = Date.now): Progress {
  return output.isTTY ? overwrittenLine(output, now) : separateLines(output, now);
}

function overwrittenLine(output: TextOutput, now: () => number): Progress {
  let latest: MigrationProgress | undefined;
  let updatedAt = Number.NEGATIVE_INFINITY;
  let shown = 0;

  function update(progress: MigrationProgress): void {
    // A line as wide as the terminal would wrap.
    const line = textOf(progress).slice(0, (output.columns || DEFAULT_COLUMNS) - 1);
    output.write(`\r${line.padEnd(shown)}`);
    shown = line.length;
    updatedAt = now();
  }

  return {
    show(progress) {
      latest = progress;
      if (now() - updatedAt >= BETWEEN_UPDATES) update(progress);
    },
    end() {
      if (!latest) return;
      update(latest);
      output.write("\n");
      latest = undefined;
    },
  };
}

function separateLines(output: TextOutput, now: () => number): Progress {
  let last = now();
  let hasShownWait = false;
  return {
    show(progress) {
      const { finished, total, unanswered } = progress;
      const isWaiting = finished < total && finished + unanswered >= total;
      if (now() - last < BETWEEN_LINES && finished < total && (!isWaiting || hasShownWait)) return;
      last = now();
      hasShownWait ||= isWaiting;
      output.write(`${textOf(progress)}\n`);
    },
    end() {},
  };
}

function textOf({ finished, total, pausedUntil, unanswered }: MigrationProgress): string {
  const lost = unanswered === 0 ? "" : `, waiting to see whether ${counted(unanswered, "user")} got through`;
  const pause = pausedUntil === undefined ? "" : `, paused until ${timeOf(pausedUntil)}`;
  return `${finished} of ${counted(total, "user")}${lost}${pause}`;
}

/** Returns the time of day in UTC, such as `12:30:00`. */
function timeOf(moment: number): string {
  return new Date(moment).toISOString().replace(/.*T|\..*/g, "");
}
