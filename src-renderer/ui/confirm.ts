/** Asks before something that hurts; `confirm-dialog.vue` shows the question. */
import { shallowRef } from 'vue';

export interface Question {
  /** Names the object: "Stop lease a1b2". */
  readonly title: string;
  /** What happens then. */
  readonly description: string;
  /** The verb on the button. */
  readonly confirmLabel: string;
  readonly isDangerous?: boolean;
  /** Has to be typed first, for what can't be undone. */
  readonly typeToConfirm?: string;
}

interface OpenQuestion extends Question {
  readonly answer: (yes: boolean) => void;
}

export const openQuestion = shallowRef<OpenQuestion | undefined>();

/** Resolves to whether the person agreed. */
export function confirm(question: Question): Promise<boolean> {
  openQuestion.value?.answer(false);
  return new Promise((resolve) => {
    openQuestion.value = {
      ...question,
      answer: (yes) => {
        openQuestion.value = undefined;
        resolve(yes);
      },
    };
  });
}
