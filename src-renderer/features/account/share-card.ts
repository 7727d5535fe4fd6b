/** A wallet's card to share: a picture of 1200 × 630, as sites show it beside a link. Drawn here, nothing is sent. */

export const shareCardWidth = 1200;
export const shareCardHeight = 630;

export interface ShareFigure {
  readonly value: string;
  readonly label: string;
}

export interface ShareCard {
  /** Shortened. */
  readonly address: string;
  /** Its digits make the pattern. */
  readonly fullAddress: string;
  /** Below the address: what it is. */
  readonly subtitle: string;
  /** The one that stands out. */
  readonly main: ShareFigure;
  /** Four at most. */
  readonly others: readonly ShareFigure[];
  /** Below all: the day. */
  readonly footer: string;
}

const sans = "'Inter Variable', system-ui, sans-serif";
const mono = "'JetBrains Mono Variable', ui-monospace, monospace";
/** Weights of the fonts above that the card needs; they are loaded before it is drawn. */
const fonts = [`400 28px ${sans}`, `600 150px ${sans}`, `500 34px ${mono}`];
const margin = 72;

/** The dark theme's colours, whatever theme is seen. */
function darkColors(): (token: string) => string {
  const probe = document.createElement('div');
  probe.dataset['theme'] = 'dark';
  probe.hidden = true;
  document.body.append(probe);
  const styles = getComputedStyle(probe);
  const tokens = ['base', 'surface', 'line', 'text', 'muted', 'faint', 'accent', 'accent-ink', 'raised'];
  const colors = new Map(tokens.map((token) => [token, styles.getPropertyValue(`--${token}`).trim()]));
  probe.remove();
  return (token) => colors.get(token) ?? '#888';
}

/** Draws the card; resolves when its fonts are there and it is drawn. */
export async function drawShareCard(canvas: HTMLCanvasElement, card: ShareCard): Promise<void> {
  await Promise.all(fonts.map((font) => document.fonts.load(font)));
  canvas.width = shareCardWidth;
  canvas.height = shareCardHeight;
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('This browser draws no pictures.');
  const color = darkColors();
  pen.fillStyle = color('base');
  pen.fillRect(0, 0, shareCardWidth, shareCardHeight);
  drawPattern(pen, card.fullAddress, color);
  drawHead(pen, card, color);
  drawFigures(pen, card, color);
  pen.fillStyle = color('accent');
  pen.fillRect(0, shareCardHeight - 8, shareCardWidth, 8);
}

type Pen = CanvasRenderingContext2D;
type Color = (token: string) => string;

/** Squares of which the address's digits light some: each address has its own. */
function drawPattern(pen: Pen, address: string, color: Color): void {
  const digits = address.replace(/^0x/i, '').toLowerCase();
  const [columns, size, gap] = [8, 44, 8];
  const left = shareCardWidth - margin - columns * (size + gap) + gap;
  for (const [index, digit] of Array.from(digits).entries()) {
    const x = left + (index % columns) * (size + gap);
    const y = margin + Math.floor(index / columns) * (size + gap);
    const strength = Number.parseInt(digit, 16) / 15;
    pen.beginPath();
    pen.roundRect(x, y, size, size, 9);
    pen.fillStyle = color('raised');
    pen.fill();
    pen.globalAlpha = strength ** 2;
    pen.fillStyle = color('accent');
    pen.fill();
    pen.globalAlpha = 1;
  }
}

function drawHead(pen: Pen, card: ShareCard, color: Color): void {
  pen.textBaseline = 'alphabetic';
  drawMark(pen, color);
  pen.font = `600 34px ${sans}`;
  pen.fillStyle = color('text');
  pen.fillText('XenBlocks', margin + 56, margin + 30);
  pen.font = `500 34px ${mono}`;
  pen.fillText(card.address, margin, margin + 104);
  pen.font = `400 24px ${sans}`;
  pen.fillStyle = color('muted');
  pen.fillText(card.subtitle, margin, margin + 140);
}

/** The app's mark (`shell/app-mark.vue`), whose own box is 32 wide. */
function drawMark(pen: Pen, color: Color): void {
  pen.save();
  pen.translate(margin, margin - 4);
  pen.scale(1.35, 1.35);
  pen.fillStyle = color('accent');
  pen.fill(new Path2D('M16 1.5 28.6 8.75v14.5L16 30.5 3.4 23.25V8.75z'));
  pen.strokeStyle = color('accent-ink');
  pen.lineWidth = 2.6;
  pen.lineCap = 'round';
  pen.stroke(new Path2D('m10.5 10.5 11 11m0-11-11 11'));
  pen.restore();
}

function drawFigures(pen: Pen, { main, others, footer }: ShareCard, color: Color): void {
  pen.fillStyle = color('text');
  fitFont(pen, main.value, 150, 560);
  pen.fillText(main.value, margin - 6, 400);
  pen.font = `400 28px ${sans}`;
  pen.fillStyle = color('muted');
  pen.fillText(main.label, margin, 440);
  pen.strokeStyle = color('line');
  pen.lineWidth = 2;
  pen.beginPath();
  pen.moveTo(margin, 474);
  pen.lineTo(shareCardWidth - margin, 474);
  pen.stroke();
  const width = (shareCardWidth - 2 * margin) / others.length;
  for (const [index, figure] of others.entries()) {
    const x = margin + index * width;
    pen.fillStyle = color('text');
    fitFont(pen, figure.value, 42, width - 24);
    pen.fillText(figure.value, x, 530);
    pen.font = `400 22px ${sans}`;
    pen.fillStyle = color('muted');
    pen.fillText(figure.label, x, 562);
  }
  pen.font = `400 20px ${sans}`;
  pen.fillStyle = color('faint');
  pen.textAlign = 'right';
  pen.fillText(footer, shareCardWidth - margin, 440);
  pen.textAlign = 'left';
}

/** The largest size, `largest` at most, in which a text is no wider than `width`. */
function fitFont(pen: Pen, text: string, largest: number, width: number): void {
  pen.font = `600 ${largest}px ${sans}`;
  const measured = pen.measureText(text).width;
  if (measured > width) pen.font = `600 ${Math.floor((largest * width) / measured)}px ${sans}`;
}
