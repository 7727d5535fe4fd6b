/** Numbers as sentences of the health report show them. */

/** `1 client`, `2,000 clients`. */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount.toLocaleString('en-US')} ${amount === 1 ? one : many}`;
}

const byteUnits = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

/** Bytes in the largest unit that leaves at least one, powers of 1,000. */
export function size(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(byteUnits.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${byteUnits[power]}`;
}

/** A rate with one decimal where it matters. */
export function rate(perSec: number): string {
  return (perSec >= 10 ? Math.round(perSec) : Math.round(perSec * 10) / 10).toLocaleString('en-US');
}

/** `12 s`, `5 min`, `3 h`, `4 days`. */
export function duration(sec: number): string {
  if (sec < 60) return `${Math.round(sec)} s`;
  if (sec < 3600) return `${Math.round(sec / 60)} min`;
  if (sec < 172_800) return `${Math.round(sec / 3600)} h`;
  return `${Math.round(sec / 86_400)} days`;
}

/** Unix seconds as UTC to the minute. */
export function moment(unixSec: number): string {
  return `${new Date(unixSec * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
