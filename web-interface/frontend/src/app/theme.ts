/** An office's colours, made safe to read: any primary colour may come from the office's settings. */

type Rgb = readonly [number, number, number];

const HEX = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i;
const WHITE: Rgb = [255, 255, 255];
/** The pages' own darkest ink and dark background. */
const INK: Rgb = [18, 26, 32];
const NIGHT: Rgb = [20, 29, 36];
/** WCAG 2.2, 1.4.3: contrast of text. */
const AA = 4.5;

function parseHex(text: string | undefined): Rgb | null {
  const found = HEX.exec(text ?? "");
  return found ? [parseInt(found[1]!, 16), parseInt(found[2]!, 16), parseInt(found[3]!, 16)] : null;
}

function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Contrast ratio of two colours, 1 to 21 (WCAG 2.2). */
export function contrast(one: Rgb, other: Rgb): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

const mix = (from: Rgb, to: Rgb, share: number): Rgb =>
  from.map((part, index) => Math.round(part + (to[index]! - part) * share)) as unknown as Rgb;

/** Move a colour towards another until text in it can be read on the ground. */
function readable(colour: Rgb, ground: Rgb, towards: Rgb): Rgb {
  for (let share = 0; share < 1; share += 0.05) {
    const moved = mix(colour, towards, share);
    if (contrast(moved, ground) >= AA) return moved;
  }
  return towards;
}

const css = (rgb: Rgb) => `rgb(${rgb.join(" ")})`;

/** Return the custom properties of an office's colours; unknown or broken colours leave the stylesheet's own. */
export function themeOf(colors: Record<string, string>): Record<string, string> {
  const primary = parseHex(colors.primary);
  const secondary = parseHex(colors.secondary);
  const theme: Record<string, string> = {};
  if (primary) {
    const onLight = readable(primary, [240, 244, 247], INK);
    theme["--brand"] = css(primary);
    theme["--on-brand"] = css(contrast(primary, WHITE) >= contrast(primary, INK) ? WHITE : INK);
    theme["--brand-text-light"] = css(onLight);
    theme["--brand-text-dark"] = css(readable(mix(primary, WHITE, 0.35), mix(NIGHT, WHITE, 0.06), WHITE));
  }
  if (secondary) {
    theme["--accent"] = css(secondary);
    theme["--on-accent"] = css(contrast(secondary, WHITE) >= AA ? WHITE : INK);
  }
  return theme;
}

export function applyTheme(colors: Record<string, string>): void {
  for (const [name, value] of Object.entries(themeOf(colors))) document.documentElement.style.setProperty(name, value);
}
