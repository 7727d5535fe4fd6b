/** Amounts of a currency that people named themselves. */
import { computed, type ComputedRef } from 'vue';
import { useFormat } from '../../ui/format.ts';

/** Writes an amount with its currency; unknown is a dash. */
export function useMoney(currency: () => string): ComputedRef<(amount: number | null | undefined) => string> {
  const format = useFormat();
  return computed(() => (amount) => {
    const digits = amount !== null && amount !== undefined && Math.abs(amount) < 0.1 && amount !== 0 ? 4 : 2;
    const text = format.value.decimal(amount, digits, 2);
    return amount === null || amount === undefined ? text : `${text} ${currency()}`;
  });
}
