/** Colours from a tenant's own, moved as little as needed until text on them can be read (WCAG 2.2, 1.4.3: 4.5 to 1). */

export type Rgb = readonly [number, number, number];

export interface Palette {
  /** Fill of header, launcher and the citizen's bubbles, and the text on it. */
  fill: string;
  onFill: string;
  /** The same hue as text or line on the panel's surface. */
  accent: string;
}

const AA = 4.5;
const WHITE: Rgb = [255, 255, 255];
const INK: Rgb = [15, 23, 32];
const LIGHT_SURFACE: Rgb = [255, 255, 255];
const DARK_SURFACE: Rgb = [34, 42, 50];
const DEFAULT: Rgb = [11, 92, 138];

/** Return the three channels of `#rgb` or `#rrggbb`, or null. */
export function parseHex(text: string | null | undefined): Rgb | null {
  const match = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text?.trim() ?? "");
  if (!match?.[1]) return null;
  const digits = match[1].length === 3 ? match[1].replace(/./g, "$&$&") : match[1];
  const value = Number.parseInt(digits, 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

function luminance([r, g, b]: Rgb): number {
  const linear = (channel: number) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

/** Return the contrast ratio of two colours, 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function mix(from: Rgb, to: Rgb, share: number): Rgb {
  const channel = (index: 0 | 1 | 2) => Math.round(from[index] + (to[index] - from[index]) * share);
  return [channel(0), channel(1), channel(2)];
}

function moved(colour: Rgb, towards: Rgb, enough: (candidate: Rgb) => boolean): Rgb {
  for (let share = 0; share < 1; share += 0.04) {
    const candidate = mix(colour, towards, share);
    if (enough(candidate)) return candidate;
  }
  return towards;
}

const css = (colour: Rgb) => `rgb(${colour.join(" ")})`;

/** Return the colours for one theme. White text is preferred; a light colour such as yellow gets dark text. */
export function palette(primary: string | null | undefined, theme: "light" | "dark"): Palette {
  const base = parseHex(primary) ?? DEFAULT;
  const surface = theme === "light" ? LIGHT_SURFACE : DARK_SURFACE;
  // A near-black tenant colour would sink into a dark panel.
  const seen = theme === "light" ? base : moved(base, WHITE, (colour) => contrast(colour, DARK_SURFACE) >= 1.6);
  const readable = (text: Rgb) => contrast(seen, text) >= AA;
  const onFill = readable(WHITE) ? WHITE : readable(INK) ? INK : WHITE;
  const fill = moved(seen, INK, (colour) => contrast(colour, onFill) >= AA);
  // Some to spare: it also stands on the tinted ground and on an agent's bubble.
  const accent = moved(base, theme === "light" ? INK : WHITE, (colour) => contrast(colour, surface) >= AA + 1.5);
  return { fill: css(fill), onFill: css(onFill), accent: css(accent) };
}
