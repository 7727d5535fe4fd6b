/** What no call may bring, whatever its schema says: text that is no text, and nesting without end. */

const maxDepth = 32;

/**
 * Why a parsed input is refused; undefined when it may be looked at further. Half a surrogate pair and NUL would
 * not come back from the database as they went in; what is nested deeper overflows the stack of whoever walks it.
 */
export function findForbidden(value: unknown): string | undefined {
  const open: Part[] = [{ value, field: '', depth: 0 }];
  for (let part = open.pop(); part; part = open.pop()) {
    const { value: current, field, depth } = part;
    if (typeof current === 'string') {
      const refusal = refuseText(current);
      if (refusal !== undefined) return `${field} ${refusal}`.trim();
    } else if (typeof current === 'object' && current !== null) {
      if (depth >= maxDepth) return `${field} is nested deeper than ${maxDepth} levels`.trim();
      for (const [name, entry] of Object.entries(current)) {
        const refusal = refuseText(name);
        if (refusal !== undefined) return `the name of a field ${refusal}`;
        // Of nested parts the outermost name is enough, and short.
        open.push({ value: entry, field: depth === 0 ? name.slice(0, 64) : field, depth: depth + 1 });
      }
    }
  }
  return undefined;
}

interface Part {
  readonly value: unknown;
  readonly field: string;
  readonly depth: number;
}

function refuseText(text: string): string | undefined {
  if (!text.isWellFormed()) return 'holds half a surrogate pair, which is no text; send valid Unicode';
  return text.includes('\0') ? 'holds the character NUL; leave it out' : undefined;
}
