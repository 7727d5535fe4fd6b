/** The wish to apply a template, from whatever page it comes. */
import { defineStore } from 'pinia';
import { shallowRef } from 'vue';

export interface TemplateDraft {
  /** Whom it is for; online workers of a search unless given. */
  readonly workerIds?: readonly string[];
  /** Which one; the first unless given. */
  readonly templateId?: string;
}

export const useTemplateDraft = defineStore('template-draft', () => {
  /** What is asked about now. */
  const draft = shallowRef<TemplateDraft | undefined>();
  /** Shows what would happen, and asks before anything is sent. */
  function ask(wish: TemplateDraft): void {
    draft.value = wish;
  }
  return { draft, ask };
});
