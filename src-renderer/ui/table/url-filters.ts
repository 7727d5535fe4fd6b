/** Filters as they stand in an address: how each is read, written, and when it filters at all. */
import type { TableSort } from './column.ts';

/** Values of one name in a query string. */
type Values = readonly string[];

/** A filter's form in an address. What can't be read counts as not set. */
export interface FilterKind<Value> {
  /** What holds while nothing is said. */
  readonly unset: Value;
  parse(values: Values): Value;
  /** Nothing for what is not set. */
  serialize(value: Value): Values;
}

export type FilterDefinition = Readonly<Record<string, FilterKind<unknown>>>;

/** The values of a definition, typed. */
export type FilterValues<Definition> = {
  readonly [Name in keyof Definition]: Definition[Name] extends FilterKind<infer Value> ? Value : never;
};

/** A text; `maxLength` protects what it is sent to. */
export function textFilter(maxLength = 256): FilterKind<string> {
  return {
    unset: '',
    parse: ([value = '']) => value.slice(0, maxLength),
    serialize: (value) => (value === '' ? [] : [value]),
  };
}

/** One of few, or nothing (`''`). */
export function choiceFilter<Choice extends string>(choices: readonly Choice[]): FilterKind<Choice | ''> {
  return {
    unset: '',
    parse: ([value]) => choices.find((choice) => choice === value) ?? '',
    serialize: (value) => (value === '' ? [] : [value]),
  };
}

/** Several of few: `?state=mining,leased`. */
export function choicesFilter<Choice extends string>(
  choices: readonly Choice[],
): FilterKind<readonly Choice[]> {
  return {
    unset: [],
    parse: (values) => {
      const wanted = new Set(values.flatMap((value) => value.split(',')));
      return choices.filter((choice) => wanted.has(choice));
    },
    serialize: (value) => (value.length === 0 ? [] : [value.join(',')]),
  };
}

/** Several of any: `?owner=0xabc&owner=0xdef`. */
export function textsFilter(maxCount = 100): FilterKind<readonly string[]> {
  return {
    unset: [],
    parse: (values) => [...new Set(values.filter((value) => value !== ''))].slice(0, maxCount),
    serialize: (value) => value,
  };
}

/** A number within bounds; what is out of them counts as not set. */
export function numberFilter({
  min = -Infinity,
  max = Infinity,
  isWhole = false,
}: { min?: number; max?: number; isWhole?: boolean } = {}): FilterKind<number | undefined> {
  return {
    unset: undefined,
    parse: ([value = '']) => {
      const number = value.trim() === '' ? NaN : Number(value);
      const isFine = Number.isFinite(number) && number >= min && number <= max;
      return isFine && (!isWhole || Number.isInteger(number)) ? number : undefined;
    },
    serialize: (value) => (value === undefined ? [] : [String(value)]),
  };
}

/** Yes, or nothing said: `?online=1`. */
export function flagFilter(): FilterKind<boolean> {
  return {
    unset: false,
    parse: ([value]) => value === '1' || value === 'true',
    serialize: (value) => (value ? ['1'] : []),
  };
}

/** Yes, no, or nothing said: `?online=0`. */
export function maybeFilter(): FilterKind<boolean | undefined> {
  return {
    unset: undefined,
    parse: ([value]) =>
      value === '1' || value === 'true' ? true : value === '0' || value === 'false' ? false : undefined,
    serialize: (value) => (value === undefined ? [] : [value ? '1' : '0']),
  };
}

/** Page of a list, from 1: `?page=3`. */
export function pageFilter(): FilterKind<number> {
  return {
    unset: 1,
    parse: ([value = '']) => (/^[1-9]\d{0,8}$/.test(value) ? Number(value) : 1),
    serialize: (value) => (value <= 1 ? [] : [String(value)]),
  };
}

/**
 * The order of a table: `?sort=-hashrate` from the largest.
 *
 * @param ids columns that may be sorted by
 * @param unset the table's own order, which an address need not say
 */
export function sortFilter(ids: readonly string[], unset?: TableSort): FilterKind<TableSort | undefined> {
  return {
    unset,
    parse: ([value = '']) => {
      const id = value.replace(/^-/, '');
      return ids.includes(id) ? { id, isDescending: value.startsWith('-') } : unset;
    },
    serialize: (sort) => {
      const isOwn = sort?.id === unset?.id && sort?.isDescending === unset?.isDescending;
      return sort === undefined || isOwn ? [] : [`${sort.isDescending ? '-' : ''}${sort.id}`];
    },
  };
}

/** A query as routers read it. */
export type RawQuery = Readonly<Record<string, string | null | readonly (string | null)[] | undefined>>;

function valuesIn(query: RawQuery, name: string): Values {
  const raw = query[name];
  const values = Array.isArray(raw)
    ? (raw as readonly (string | null)[])
    : [raw as string | null | undefined];
  return values.filter((value): value is string => typeof value === 'string');
}

/** Reads the filters of an address. */
export function parseFilters<Definition extends FilterDefinition>(
  definition: Definition,
  query: RawQuery,
): FilterValues<Definition> {
  return Object.fromEntries(
    Object.entries(definition).map(([name, kind]) => [name, kind.parse(valuesIn(query, name))]),
  ) as FilterValues<Definition>;
}

/** The query with some filters changed; what belongs to others stays. */
export function changeFilters<Definition extends FilterDefinition>(
  definition: Definition,
  query: RawQuery,
  changes: Partial<FilterValues<Definition>>,
): Record<string, string | null | (string | null)[]> {
  const next = new Map<string, string | null | (string | null)[]>();
  for (const [name, raw] of Object.entries(query)) {
    if (raw !== undefined) next.set(name, typeof raw === 'object' && raw !== null ? [...raw] : raw);
  }
  for (const [name, value] of Object.entries(changes)) {
    const [first, ...others] = definition[name]?.serialize(value) ?? [];
    if (first === undefined) next.delete(name);
    else next.set(name, others.length === 0 ? first : [first, ...others]);
  }
  return Object.fromEntries(next);
}

/** Names of the filters that are set. */
export function setFilters(
  definition: FilterDefinition,
  values: Readonly<Record<string, unknown>>,
): string[] {
  return Object.entries(definition)
    .filter(([name, kind]) => kind.serialize(values[name]).length > 0)
    .map(([name]) => name);
}
