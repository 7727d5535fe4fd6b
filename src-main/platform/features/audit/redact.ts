/** What of a call may be kept: everything but secrets, in bounded size. */

/** Fields whose value opens something. */
const secretName = /key$|^key|password|token|signature|nonce|secret|authorization|mnemonic/i;

/** API keys, passwords of workers, tokens and signatures, wherever somebody put them. */
const secretText = /x[bw]_[\w-]{12,}|eyJ[\w-]+\.[\w-]+\.?[\w-]*|0x[0-9a-f]{128,}/gi;

const blank = '[redacted]';

const maxTextLength = 512;
const maxEntries = 50;
const maxDepth = 6;
const maxDetailLength = 4000;

/** Text without secrets, cut, and such that it comes back from the database as it went in. */
export function redactText(text: string, maxLength = maxTextLength): string {
  const clean = text.toWellFormed().replaceAll('\0', '\uFFFD').replace(secretText, blank);
  return clean.length <= maxLength ? clean : `${clean.slice(0, maxLength).toWellFormed()}…`;
}

/** A value without secrets: fields by their name, text by its form; long lists and deep objects are cut. */
function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === maxDepth) return '…';
  if (Array.isArray(value)) {
    const shown = value.slice(0, maxEntries).map((entry) => redact(entry, depth + 1));
    return value.length > maxEntries ? [...shown, `… ${value.length - maxEntries} more`] : shown;
  }
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, maxEntries)
      .map(([name, entry]) => [
        redactText(name, 64),
        secretName.test(name) && entry !== '' ? blank : redact(entry, depth + 1),
      ]),
  );
}

/** The detail of an entry as JSON of bounded length. */
export function toDetail(body: unknown, reason: string): string {
  const detail = {
    ...(body === undefined ? {} : { body: redact(body) }),
    ...(reason === '' ? {} : { reason: redactText(reason) }),
  };
  const text = JSON.stringify(detail);
  if (text.length <= maxDetailLength) return text;
  return JSON.stringify({ ...detail, body: `${text.slice(0, maxDetailLength / 2).toWellFormed()}…` });
}
