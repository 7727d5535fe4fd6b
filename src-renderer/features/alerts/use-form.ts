/** Saving a form in a dialog: busy meanwhile, closed when it worked, and else the reason stays in it. */
import { ref } from 'vue';
import { toast } from 'vue-sonner';
import type { RouteDefinition } from '../../../src-main/contract/rest/define-route.ts';
import { invalidate } from '../../api/query.ts';

export function useForm(lists: readonly Pick<RouteDefinition, 'method' | 'path'>[], close: () => void) {
  const problem = ref('');
  const isBusy = ref(false);

  /** @param done what is told when it worked */
  async function save(work: () => Promise<unknown>, done: string): Promise<void> {
    isBusy.value = true;
    problem.value = '';
    try {
      await work();
      toast.success(done);
      close();
    } catch (error) {
      problem.value = error instanceof Error ? error.message : String(error);
    } finally {
      isBusy.value = false;
    }
    await invalidate(...lists);
  }

  return { problem, isBusy, save };
}
