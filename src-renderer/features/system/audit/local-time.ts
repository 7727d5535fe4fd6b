/** Times as `<input type="datetime-local">` has them: of this device's time zone, to the minute. */

const two = (value: number) => String(value).padStart(2, '0');

/** Unix seconds as the input's value; empty without one. */
export function toInputTime(unixSec: number | undefined): string {
  if (unixSec === undefined) return '';
  const at = new Date(unixSec * 1000);
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** The input's value as Unix seconds; undefined when it is empty or no time. */
export function fromInputTime(value: string): number | undefined {
  const ms = value === '' ? NaN : new Date(value).getTime();
  return Number.isNaN(ms) ? undefined : Math.floor(ms / 1000);
}
