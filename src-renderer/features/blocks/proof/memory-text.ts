/** Memory costs as Argon2 counts them. */
import type { Formatter } from '../../../ui/format.ts';

const kibPerMib = 1024;

/** `8 KiB`, `1.3 MiB`; — when it is not known. */
export function memoryText(kib: number | undefined, format: Formatter): string {
  if (kib === undefined) return format.count(undefined);
  return kib < kibPerMib ? `${format.count(kib)} KiB` : `${format.decimal(kib / kibPerMib, 1)} MiB`;
}
