/** The topics of the help, each with what looks at its causes live. */
import {
  CircleQuestionMark,
  DatabaseZap,
  EthernetPort,
  Hammer,
  HardDrive,
  KeyRound,
  MessageCircleOff,
  Radio,
} from '@lucide/vue';
import { defineAsyncComponent, type Component } from 'vue';
import { en } from '../../i18n/en/index.ts';
import type { Text, TextKey } from '../../i18n/use-text.ts';

export type TopicId = keyof typeof en.help.topics;

export interface HelpTopic {
  readonly id: TopicId;
  readonly icon: Component;
  /** Absent where nothing can be looked at. */
  readonly live?: Component;
  /** Whether only the operator may look. */
  readonly isForOperator: boolean;
}

const check = (load: () => Promise<{ default: Component }>) => defineAsyncComponent(load);
const visibility = check(() => import('./visibility-check.vue'));

/** In the order in which they are met. */
export const helpTopics: readonly HelpTopic[] = [
  { id: 'workers', icon: CircleQuestionMark, live: visibility, isForOperator: true },
  { id: 'subscribers', icon: MessageCircleOff, live: visibility, isForOperator: true },
  { id: 'feed', icon: Radio, live: check(() => import('./feed-check.vue')), isForOperator: false },
  { id: 'port', icon: EthernetPort, live: check(() => import('./port-check.vue')), isForOperator: true },
  { id: 'locked', icon: DatabaseZap, live: check(() => import('./database-check.vue')), isForOperator: true },
  { id: 'growing', icon: HardDrive, live: check(() => import('./growth-check.vue')), isForOperator: true },
  { id: 'tokens', icon: KeyRound, live: check(() => import('./token-check.vue')), isForOperator: true },
  { id: 'build', icon: Hammer, isForOperator: false },
];

/** The causes of a topic as keys of their texts. */
export function causesOf(id: TopicId): { readonly title: TextKey; readonly text: TextKey }[] {
  return Object.keys(en.help.topics[id].causes).map((cause) => ({
    title: `help.topics.${id}.causes.${cause}.title` as TextKey,
    text: `help.topics.${id}.causes.${cause}.text` as TextKey,
  }));
}

/** Whether each word that was typed is in a topic, in this language or in English, as error messages are. */
export function matchesTopic(id: TopicId, typed: string, text: Text): boolean {
  const causes = causesOf(id).flatMap(({ title, text: explanation }) => [text(title), text(explanation)]);
  const { title, words } = en.help.topics[id];
  const shown = [
    text(`help.topics.${id}.title`),
    text(`help.topics.${id}.words`),
    text(`help.topics.${id}.meaning`),
  ];
  const all = [...shown, ...causes, title, words].join(' ').toLowerCase();
  const wanted = typed
    .toLowerCase()
    .split(/[^\p{L}\p{N}_-]+/u)
    .filter((word) => word !== '');
  return wanted.every((word) => all.includes(word));
}
