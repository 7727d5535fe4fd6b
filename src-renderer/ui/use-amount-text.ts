import { computed, type ComputedRef } from 'vue';
import { useI18n } from 'vue-i18n';
import { amountText, type AmountText } from './amount.ts';
import { regionalTag } from './format.ts';

/** Reading and writing of amounts in the language in force. */
export function useAmountText(): ComputedRef<AmountText> {
  const { locale } = useI18n();
  return computed(() => amountText(regionalTag(locale.value)));
}
