/** Lines that Next.js prints or leaves out as it has time. */
const PROGRESS = /^(○ Compiling|Generating static pages)/;

/** The lines of an output that another one does not have, when sizes, times, ports, hashes and places in files are left aside. */
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
