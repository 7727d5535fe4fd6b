/** The file that a table is saved as. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvFileName, toCsv, toDecimal } from '../../src-renderer/ui/table/csv.ts';

interface Row {
  readonly name: string;
  readonly amount: number | null;
  readonly isOnline: boolean;
}
const columns = [
  { id: 'name', header: 'Name', value: ({ name }: Row) => name },
  { id: 'amount', header: 'Amount, credits', value: ({ amount }: Row) => amount },
  { id: 'online', header: 'Online', value: ({ isOnline }: Row) => isOnline },
  { id: 'rank', header: 'Rank', csv: ({ name }: Row) => name.length },
  { id: 'secret', header: 'Secret', value: ({ name }: Row) => name, csv: false as const },
  { id: 'actions', header: '' },
];
const lines = async (rows: readonly Row[]) => (await toCsv(columns, rows)).split('\r\n');

describe('a table as CSV', () => {
  it('has a line of headers, and quotes where the format asks for them', async () => {
    const rows = [{ name: 'say "hi", rig\nnew', amount: 1.5, isOnline: true }];
    expect(await lines(rows)).toEqual([
      'Name,"Amount, credits",Online,Rank',
      '"say ""hi"", rig\nnew",1.5,true,17',
      '',
    ]);
  });

  it('has its headers when there are no rows', async () => {
    expect(await lines([])).toEqual(['Name,"Amount, credits",Online,Rank', '']);
  });

  it('leaves what is unknown empty, and writes a zero and a no', async () => {
    const [, first, second] = await lines([
      { name: 'a', amount: null, isOnline: false },
      { name: 'b', amount: 0, isOnline: false },
    ]);
    expect(first).toBe('a,,false,1');
    expect(second).toBe('b,0,false,1');
  });

  it('lets no text be taken for a formula, and leaves negative numbers what they are', async () => {
    for (const name of ['=1+1', '+1', '-1', '@sum', '\tx']) {
      const [, line] = await lines([{ name, amount: -2.5, isOnline: true }]);
      expect(line).toBe(`'${name},-2.5,true,${name.length}`);
    }
  });

  it('writes numbers in full, without loss', () => {
    expect(toDecimal(1e-7)).toBe('0.0000001');
    expect(toDecimal(-1.25e-9)).toBe('-0.00000000125');
    expect(toDecimal(1.5e21)).toBe('1500000000000000000000');
    expect(toDecimal(-3e21)).toBe('-3000000000000000000000');
    expect(toDecimal(NaN)).toBe('');
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = toDecimal(value);
        expect(text).toMatch(/^-?\d+(\.\d+)?$/);
        expect(Number(text)).toBe(value === 0 ? 0 : value);
      }),
    );
  });

  it('is saved under a name that says when', () => {
    expect(csvFileName('fleet', new Date(2026, 7, 1, 14, 5))).toBe('fleet-2026-08-01-1405.csv');
  });
});
