import type { Curve } from './parts/growth.ts';

const WIDTH = 260;
const HEIGHT = 160;
const MARGIN = 36;

/** The curves side by side, on one scale of µs per message; what grows is drawn on a logarithmic scale. */
export function svg(curves: readonly Curve[]): string {
  const top = Math.max(...curves.flatMap(({ points }) => points.map(([, us]) => us))) * 1.2;
  const panels = curves.map((curve, index) => panel(curve, top, index * (WIDTH + MARGIN)));
  const [width, height] = [curves.length * (WIDTH + MARGIN) + MARGIN, HEIGHT + 2 * MARGIN];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    ...panels,
    '</svg>\n',
  ].join('\n');
}

function panel({ name, points }: Curve, top: number, left: number): string {
  const last = Math.log(points.at(-1)?.[0] ?? 1) || 1;
  const placed = points.map(([x, us]) => ({
    x: round(left + MARGIN + (Math.log(x) / last) * (WIDTH - MARGIN)),
    y: round(MARGIN + HEIGHT - (us / top) * HEIGHT),
    label: x >= 1000 ? `${x / 1000}k` : String(x),
    us,
  }));
  const path = placed.map(({ x, y }) => `${x},${y}`).join(' ');
  const base = MARGIN + HEIGHT;
  return [
    `<line x1="${left + MARGIN}" y1="${base}" x2="${left + WIDTH}" y2="${base}" stroke="#999"/>`,
    `<polyline points="${path}" fill="none" stroke="#6441a5" stroke-width="2"/>`,
    ...placed.flatMap(({ x, y, label, us }) => [
      `<circle cx="${x}" cy="${y}" r="3" fill="#6441a5"/>`,
      `<text x="${x}" y="${y - 8}" text-anchor="middle">${us.toFixed(1)}</text>`,
      `<text x="${x}" y="${base + 14}" text-anchor="middle">${label}</text>`,
    ]),
    `<text x="${left + MARGIN}" y="${MARGIN - 14}" font-weight="bold">µs a message, by ${name}</text>`,
  ].join('\n');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
