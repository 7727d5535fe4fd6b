import { shallowRef, watch, type Ref } from 'vue';

/** So many answers are remembered: five minutes at one each five seconds. */
const remembered = 60;

/** The last values of a figure while the page is open, the newest last. */
export function useRecentValues<Source>(
  source: Readonly<Ref<Source | undefined>>,
  valueOf: (source: Source) => number,
): Readonly<Ref<readonly number[]>> {
  const values = shallowRef<readonly number[]>([]);
  watch(
    source,
    (now) => {
      if (now !== undefined) values.value = [...values.value, valueOf(now)].slice(-remembered);
    },
    { immediate: true },
  );
  return values;
}
