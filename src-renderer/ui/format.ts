/** Numbers, money, times and sizes as people of a language read them. Unknown is `—`, never 0. */
import { computed, type ComputedRef } from 'vue';
import { useI18n } from 'vue-i18n';

export const unknown = '—';

type Maybe = number | null | undefined;

/** A value with its unit apart, for tiles that set the unit smaller. */
export interface Quantity {
  readonly value: string;
  readonly unit: string;
}

export interface Formatter {
  /** Three significant digits: `1.23 MH/s`. */
  hashrate(hashesPerSec: Maybe): string;
  hashrateParts(hashesPerSec: Maybe): Quantity;
  /** Whole numbers with separators. */
  count(value: Maybe): string;
  /** A number with at most so many decimals, and at least `minDigits`. */
  decimal(value: Maybe, digits?: number, minDigits?: number): string;
  /** Credits with the digits that matter: two at least, six at most. */
  credits(amount: Maybe): string;
  /** The same with its sign, for movements. */
  signedCredits(amount: Maybe): string;
  /** Credits to the last unit: statements and ledgers. */
  exactCredits(amount: Maybe): string;
  signedExactCredits(amount: Maybe): string;
  percent(fraction: Maybe, digits?: number): string;
  /** `+12 %`, `−3 %`: a change against something. */
  change(fraction: Maybe): string;
  bytes(bytes: Maybe): string;
  gigabytes(gigabytes: Maybe): string;
  /** `2 h 14 min`, `2 h`; when `precise` with seconds below an hour, and with a second part that is 0. */
  duration(seconds: Maybe, precise?: boolean): string;
  /** `12 s ago`. */
  age(seconds: Maybe): string;
  /** Date and time of Unix seconds, to the second. */
  dateTime(unixSec: Maybe): string;
  date(unixSec: Maybe): string;
  /** Hours and minutes of Unix seconds. */
  time(unixSec: Maybe): string;
  /** `0x1234…abcd`. */
  shorten(text: string, head?: number, tail?: number): string;
}

const hashrateUnits = ['H/s', 'kH/s', 'MH/s', 'GH/s', 'TH/s', 'PH/s'];
const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB'];

function scale(value: number, units: readonly string[]): { scaled: number; unit: string } {
  let index = 0;
  let scaled = value;
  // What would be rounded up to 1000 belongs to the next unit.
  while (Math.abs(scaled) >= 999.5 && index < units.length - 1) {
    scaled /= 1000;
    index += 1;
  }
  return { scaled, unit: units[index] as string };
}

/** The smallest unit of money is a millionth of a credit. */
const allDigits: Intl.NumberFormatOptions = { minimumFractionDigits: 2, maximumFractionDigits: 6 };

const isUnknown = (value: Maybe): value is null | undefined =>
  value === null || value === undefined || Number.isNaN(value);

/** Splits seconds into the two units that matter. */
function durationParts(totalSec: number, precise: boolean): [number, 'd' | 'h' | 'min' | 's'][] {
  const sec = Math.max(0, Math.round(totalSec));
  const days = Math.floor(sec / 86_400);
  const hours = Math.floor((sec % 86_400) / 3600);
  const minutes = Math.floor((sec % 3600) / 60);
  const rest = sec % 60;
  if (days > 0)
    return [
      [days, 'd'],
      [hours, 'h'],
    ];
  if (hours > 0)
    return [
      [hours, 'h'],
      [minutes, 'min'],
    ];
  if (minutes > 0 && (precise || minutes < 10))
    return [
      [minutes, 'min'],
      [rest, 's'],
    ];
  return minutes > 0 ? [[minutes, 'min']] : [[rest, 's']];
}

/** Makes something when it is needed first: formats of dates take milliseconds each, and few pages need all. */
function once<Made extends object>(make: () => Made): () => Made {
  let made: Made | undefined;
  return () => (made ??= make());
}

/** Formatters for a language, a BCP 47 tag. */
export function createFormatter(locale: string): Formatter {
  const numbers = new Map<string, Intl.NumberFormat>();
  const number = (value: number, options: Intl.NumberFormatOptions) => {
    const key = JSON.stringify(options);
    let format = numbers.get(key);
    if (!format) numbers.set(key, (format = new Intl.NumberFormat(locale, options)));
    return format.format(value);
  };
  const significant = (value: number) =>
    number(value, { maximumSignificantDigits: 3, minimumSignificantDigits: 3 });
  const relative = once(() => new Intl.RelativeTimeFormat(locale, { style: 'narrow', numeric: 'auto' }));
  const at = (options: Intl.DateTimeFormatOptions) => {
    const format = once(() => new Intl.DateTimeFormat(locale, options));
    return (unixSec: Maybe) =>
      isUnknown(unixSec) || unixSec <= 0 ? unknown : format().format(unixSec * 1000);
  };

  const hashrateParts = (value: Maybe): Quantity => {
    if (isUnknown(value)) return { value: unknown, unit: '' };
    const { scaled, unit } = scale(value, hashrateUnits);
    return { value: scaled === 0 ? number(0, {}) : significant(scaled), unit };
  };
  const joined = ({ value, unit }: Quantity) => (unit === '' ? value : `${value} ${unit}`);
  const creditDigits = (amount: number): Intl.NumberFormatOptions => {
    const size = Math.abs(amount);
    const digits = size === 0 || size >= 1 ? 2 : size >= 0.01 ? 4 : 6;
    return { minimumFractionDigits: 2, maximumFractionDigits: digits };
  };
  const decimal = (value: Maybe, digits = 2, minDigits = 0) =>
    isUnknown(value)
      ? unknown
      : number(value, { maximumFractionDigits: digits, minimumFractionDigits: minDigits });
  const percent = (fraction: Maybe, digits = 0) =>
    isUnknown(fraction) ? unknown : number(fraction, { style: 'percent', maximumFractionDigits: digits });

  return {
    hashrateParts,
    hashrate: (value) => joined(hashrateParts(value)),
    count: (value) => (isUnknown(value) ? unknown : number(value, { maximumFractionDigits: 0 })),
    decimal,
    credits: (amount) => (isUnknown(amount) ? unknown : number(amount, creditDigits(amount))),
    signedCredits: (amount) =>
      isUnknown(amount) ? unknown : number(amount, { ...creditDigits(amount), signDisplay: 'exceptZero' }),
    exactCredits: (amount) => (isUnknown(amount) ? unknown : number(amount, allDigits)),
    signedExactCredits: (amount) =>
      isUnknown(amount) ? unknown : number(amount, { ...allDigits, signDisplay: 'exceptZero' }),
    percent,
    change: (fraction) =>
      isUnknown(fraction) || !Number.isFinite(fraction)
        ? unknown
        : number(fraction, {
            style: 'percent',
            signDisplay: 'exceptZero',
            maximumFractionDigits: Math.abs(fraction) < 0.1 ? 1 : 0,
          }),
    bytes: (value) => {
      if (isUnknown(value)) return unknown;
      const { scaled, unit } = scale(value, byteUnits);
      return joined({ value: unit === 'B' ? number(scaled, {}) : significant(scaled), unit });
    },
    gigabytes: (value) => (isUnknown(value) ? unknown : `${number(value, { maximumFractionDigits: 0 })} GB`),
    duration: (seconds, precise = false) =>
      isUnknown(seconds)
        ? unknown
        : durationParts(seconds, precise)
            .filter(([amount], index) => precise || index === 0 || amount > 0)
            .map(([amount, unit]) => `${number(amount, {})} ${unit}`)
            .join(' '),
    age: (seconds) => (isUnknown(seconds) ? unknown : ageOf(relative(), seconds)),
    dateTime: at({ dateStyle: 'medium', timeStyle: 'medium' }),
    date: at({ dateStyle: 'medium' }),
    time: at({ hour: '2-digit', minute: '2-digit' }),
    shorten: (text, head = 6, tail = 4) =>
      text.length <= head + tail + 1 ? text : `${text.slice(0, head)}…${tail === 0 ? '' : text.slice(-tail)}`,
  };
}

const ageUnits = [
  [60, 1, 'second'],
  [3600, 60, 'minute'],
  [86_400, 3600, 'hour'],
  [Infinity, 86_400, 'day'],
] as const;

function ageOf(format: Intl.RelativeTimeFormat, seconds: number): string {
  const sec = Math.max(0, seconds);
  const [, size, unit] = ageUnits.find(([below]) => sec < below) ?? ageUnits[3];
  return format.format(-Math.floor(sec / size), unit);
}

/** A table has hundreds of cells that want it. */
const formatters = new Map<string, Formatter>();

function formatterOf(tag: string): Formatter {
  let formatter = formatters.get(tag);
  if (!formatter) formatters.set(tag, (formatter = createFormatter(tag)));
  return formatter;
}

/** The formatter of the language in force. */
export function useFormat(): ComputedRef<Formatter> {
  const { locale } = useI18n();
  return computed(() => formatterOf(regionalTag(locale.value)));
}

/** The browser's own variant of a language says how its numbers look: `en-GB` rather than `en`. */
export function regionalTag(language: string): string {
  return navigator.languages.find((tag) => tag.split('-')[0] === language) ?? language;
}
