/** Lines about progress, which Next.js prints depending on time. */
const PROGRESS = /^(○ Compiling|Generating static pages)/;

/** Returns the lines of an output that another one does not have, without sizes, times, ports, hashes and positions. */
export function linesBeside(control: string, output: string): string[] {
  const known = new Set(linesOf(control));
  return linesOf(output).filter((line) => !known.has(line));
}

function linesOf(output: string): string[] {
  const lines = output.split("\n").map((line) =>
    line
      .trim()
      .replaceAll(/\b[\da-f]{16}\b/g, "#")
      .replaceAll(/\d+(\.\d+)?( ?(k?B|ms|s|min)\b)?/g, "#")
      .replaceAll(/\s+/g, " "),
  );
  return [...new Set(lines)].filter((line) => line !== "" && !PROGRESS.test(line));
}
