/** Something a person asks of the platform: busy meanwhile, and then told what became of it. */
import { ref } from 'vue';
import { toast } from 'vue-sonner';
import { useText } from '../../i18n/use-text.ts';

export function useAction() {
  const text = useText();
  /** Name of what is under way; empty: nothing. */
  const busy = ref('');

  /**
   * Does `work`, which is called `name` while it is under way. A failure is told in the platform's words.
   *
   * @param done what is told when it worked; nothing without it
   * @returns what `work` gave; undefined when it failed
   */
  async function run<Answer>(
    name: string,
    work: () => Promise<Answer>,
    done?: (answer: Answer) => { readonly message: string; readonly description?: string },
  ): Promise<Answer | undefined> {
    busy.value = name;
    try {
      const answer = await work();
      const told = done?.(answer);
      if (told)
        toast.success(told.message, told.description === undefined ? {} : { description: told.description });
      return answer;
    } catch (error) {
      toast.error(text('system.failed'), {
        description: error instanceof Error ? error.message : String(error),
        duration: 10_000,
      });
      return undefined;
    } finally {
      busy.value = '';
    }
  }

  return { busy, run };
}
