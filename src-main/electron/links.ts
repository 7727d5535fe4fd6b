/** Links into the program: `xenblocks://worker/rig-1` and the like, from anywhere on the machine. */
import { linkScheme } from './program-line.ts';

/** Where the things of a kind are shown. */
const places: Readonly<Record<string, string>> = { worker: '/fleet', block: '/blocks', lease: '/leases' };

/** Pages that can be named alone. */
const pages = new Set([
  'fleet',
  'blocks',
  'market',
  'provider',
  'renter',
  'leases',
  'account',
  'chain',
  'system',
]);

const maxLength = 512;

/**
 * The place of the dashboard that a link means; undefined for what is none. Nothing of a link but a name gets through:
 * anybody can write one.
 */
export function placeOfLink(link: string): string | undefined {
  if (link.length > maxLength || !URL.canParse(link)) return undefined;
  const { protocol, host, pathname } = new URL(link);
  if (protocol !== `${linkScheme}:`) return undefined;
  const names = pathname.split('/').filter((part) => part !== '');
  if (names.length === 0)
    return pages.has(host) ? `/${host}` : host === '' || host === 'open' ? '' : undefined;
  const [name = ''] = names;
  const place = places[host];
  return place === undefined || names.length > 1 ? undefined : `${place}/${encodeURIComponent(decode(name))}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
