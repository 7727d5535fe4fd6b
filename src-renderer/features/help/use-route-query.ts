/** A text in the address's query. */
import { computed, type WritableComputedRef } from 'vue';
import { useRoute, useRouter } from 'vue-router';

export function useRouteQuery(name: string): WritableComputedRef<string> {
  const route = useRoute();
  const router = useRouter();
  return computed({
    get() {
      const value = route.query[name];
      return typeof value === 'string' ? value : '';
    },
    set(value) {
      const others = Object.entries(route.query).filter(([key]) => key !== name);
      void router.replace({ query: Object.fromEntries(value === '' ? others : [...others, [name, value]]) });
    },
  });
}
