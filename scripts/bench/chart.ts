/** Draws a bar chart as SVG. */

export interface Bar {
  readonly name: string;
  readonly value: number;
  /** The label beside the bar. */
  readonly label: string;
  readonly tone: Tone;
}

/** Our client, the one that it is compared with, and the others. */
export type Tone = "own" | "base" | "other";

export interface Panel {
  readonly title: string;
  readonly bars: readonly Bar[];
}

export interface Look {
  readonly text: string;
  readonly muted: string;
  readonly tones: Readonly<Record<Tone, string>>;
}

export const LOOKS = {
  light: { text: "#1f2328", muted: "#59636e", tones: { own: "#0969da", base: "#59636e", other: "#afb8c1" } },
  dark: { text: "#f0f6fc", muted: "#9198a1", tones: { own: "#4493f8", base: "#9198a1", other: "#484f58" } },
} satisfies Record<string, Look>;

const WIDTH = 840;
/** The width of the names on the left. */
const NAMES = 150;
/** The distances from the title of a panel to its first bar, and from bar to bar. */
const [TOP, STEP] = [34, 26];
const BAR = 16;
/** The width right of the longest bar, for its label. */
const LABEL = 62;

/** Draws panels side by side. Their bars have the same names in the same order; each panel has a scale from zero. */
export function chartOf(title: string, description: string, panels: readonly Panel[], look: Look): string {
  const names = panels[0]?.bars.map(({ name }) => name) ?? [];
  if (panels.some(({ bars }) => bars.map(({ name }) => name).join() !== names.join())) {
    throw new Error("The panels do not have the same bars");
  }
  const height = TOP + names.length * STEP;
  const width = (WIDTH - NAMES) / panels.length;
  const middle = (row: number) => TOP + row * STEP + BAR / 2;
  const nameOf = (name: string, row: number) =>
    text(NAMES - 10, middle(row), name, `fill="${look.text}" text-anchor="end" dominant-baseline="central"`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title description" font-family="system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif" font-size="13">
<title id="title">${escaped(title)}</title>
<desc id="description">${escaped(description)}</desc>
${names.map(nameOf).join("\n")}
${panels.map((panel, index) => draw(panel, NAMES + index * width, width - LABEL, look)).join("\n")}
</svg>
`;

  function draw({ title, bars }: Panel, left: number, room: number, { tones, text: color, muted }: Look): string {
    const most = Math.max(...bars.map(({ value }) => value));
    const rows = bars.map(({ value, label, tone }, row) => {
      const length = Math.max(1, Math.round((room * value) / most));
      return [
        `<rect x="${left}" y="${TOP + row * STEP}" width="${length}" height="${BAR}" rx="2" fill="${tones[tone]}"/>`,
        text(left + length + 6, middle(row), label, `fill="${color}" dominant-baseline="central"`),
      ].join("\n");
    });
    return [text(left, 16, title, `fill="${muted}"`), ...rows].join("\n");
  }
}

function text(x: number, y: number, content: string, attributes: string): string {
  return `<text x="${x}" y="${y}" ${attributes}>${escaped(content)}</text>`;
}

const ESCAPES = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
]);

export function escaped(content: string): string {
  return content.replace(/[&<>"]/g, (character) => ESCAPES.get(character) ?? character);
}
