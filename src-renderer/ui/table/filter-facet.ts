/** What a filter bar is told. */

/** A value to filter by. */
export interface FilterOption {
  readonly value: string;
  readonly label: string;
  /** Rows that have it; left out where nobody knows. */
  readonly count?: number | undefined;
}

/** A property to filter by. */
export interface FilterFacet {
  readonly id: string;
  readonly label: string;
  readonly options: readonly FilterOption[];
  /** Values that are chosen now. */
  readonly selected: readonly string[];
  /** At most one value: a choice replaces the one before. */
  readonly isSingle?: boolean;
}

/** A filter that is set. */
export interface FilterChip {
  readonly id: string;
  readonly label: string;
  readonly remove: () => void;
}

/** An option where it is found: with what of its facet is not shown. */
export interface FoundFacet {
  readonly facet: FilterFacet;
  readonly options: readonly FilterOption[];
  /** Options that match but are left out for their number. */
  readonly more: number;
}

/**
 * Options whose name, or whose facet's name, holds all the words typed; chosen ones always, the rest up to `limit` a
 * facet.
 */
export function findOptions(facets: readonly FilterFacet[], typed: string, limit: number): FoundFacet[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return facets.flatMap((facet) => {
    const matching = facet.options.filter(({ label, value }) => {
      const name = `${facet.label} ${label} ${value}`.toLowerCase();
      return words.every((word) => name.includes(word));
    });
    const shown = matching.filter(({ value }, index) => index < limit || facet.selected.includes(value));
    if (shown.length === 0) return [];
    return [{ facet, options: shown, more: matching.length - shown.length }];
  });
}
