/** Filters in an address: what is written is read again, and what can't be read is not set. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findOptions } from '../../src-renderer/ui/table/filter-facet.ts';
import {
  changeFilters,
  choiceFilter,
  choicesFilter,
  flagFilter,
  maybeFilter,
  numberFilter,
  pageFilter,
  parseFilters,
  setFilters,
  sortFilter,
  textFilter,
  textsFilter,
} from '../../src-renderer/ui/table/url-filters.ts';

const states = ['mining', 'paused', 'offline'] as const;
const definition = {
  q: textFilter(20),
  state: choicesFilter(states),
  kind: choiceFilter(['gpu', 'cpu']),
  owner: textsFilter(),
  least: numberFilter({ min: 0, max: 100 }),
  online: flagFilter(),
  leased: maybeFilter(),
  page: pageFilter(),
  sort: sortFilter(['name', 'hashrate'], { id: 'hashrate', isDescending: true }),
};

describe('filters in an address', () => {
  it('are read with their types', () => {
    const query = {
      q: 'rig',
      state: 'paused,mining,nonsense',
      kind: 'cpu',
      owner: ['0xa', '0xb', '0xa', null],
      least: '12.5',
      online: '1',
      leased: '0',
      page: '3',
      sort: '-name',
    };
    expect(parseFilters(definition, query)).toEqual({
      q: 'rig',
      state: ['mining', 'paused'],
      kind: 'cpu',
      owner: ['0xa', '0xb'],
      least: 12.5,
      online: true,
      leased: false,
      page: 3,
      sort: { id: 'name', isDescending: true },
    });
  });

  it('that make no sense are not set', () => {
    const query = {
      q: null,
      state: 'x',
      kind: 'fpga',
      least: '101',
      online: 'maybe',
      leased: '',
      page: '-1',
      sort: 'price',
    };
    const values = parseFilters(definition, query);
    expect(values).toEqual(parseFilters(definition, {}));
    expect(setFilters(definition, values)).toEqual([]);
    for (const least of ['', ' ', 'NaN', 'Infinity', '1e999']) {
      expect(parseFilters(definition, { least }).least).toBeUndefined();
    }
    expect(parseFilters({ count: numberFilter({ isWhole: true }) }, { count: '1.5' }).count).toBeUndefined();
  });

  it('never break on what somebody types there', () => {
    const raw = fc.oneof(fc.string(), fc.constant(null), fc.array(fc.option(fc.string())));
    const queries = fc.record(Object.fromEntries(Object.keys(definition).map((name) => [name, raw])), {
      requiredKeys: [],
    });
    fc.assert(
      fc.property(queries, (query) => {
        const values = parseFilters(definition, query);
        // What was understood is written so that it is understood the same.
        expect(parseFilters(definition, changeFilters(definition, {}, values))).toEqual(values);
      }),
    );
  });

  it('change alone: other filters and what belongs to others stay', () => {
    const query = { q: 'rig', tab: 'chart', owner: ['0xa', '0xb'], flag: null };
    expect(changeFilters(definition, query, { q: '', state: ['offline'] })).toEqual({
      state: 'offline',
      tab: 'chart',
      owner: ['0xa', '0xb'],
      flag: null,
    });
    expect(changeFilters(definition, query, { owner: ['0xc'] })).toMatchObject({ owner: '0xc' });
  });

  it('are not written where they say what holds anyhow', () => {
    const own = { page: 1, sort: { id: 'hashrate', isDescending: true }, online: false, least: undefined };
    expect(changeFilters(definition, { page: '2' }, own)).toEqual({});
    const values = parseFilters(definition, { q: 'a', sort: 'name' });
    expect(setFilters(definition, values)).toEqual(['q', 'sort']);
  });
});

describe('the menu of filters', () => {
  const facets = [
    {
      id: 'state',
      label: 'State',
      options: states.map((value) => ({ value, label: value.toUpperCase() })),
      selected: ['offline'],
    },
    { id: 'gpu', label: 'GPU', options: [{ value: '4090', label: 'RTX 4090' }], selected: [] },
  ];

  it('finds options by words of their name or their facet', () => {
    const found = findOptions(facets, 'state min', 8);
    expect(found).toHaveLength(1);
    expect(found[0]?.options.map(({ value }) => value)).toEqual(['mining']);
    expect(findOptions(facets, 'rtx', 8)[0]?.facet.id).toBe('gpu');
    expect(findOptions(facets, 'nothing', 8)).toEqual([]);
  });

  it('shows few of many, always those that are chosen, and says how many are left out', () => {
    const [state] = findOptions(facets, '', 1);
    expect(state?.options.map(({ value }) => value)).toEqual(['mining', 'offline']);
    expect(state?.more).toBe(1);
  });
});
