import type { Component } from 'vue';

/** What stands in a menu. */
export type MenuEntry =
  | { readonly kind: 'separator' }
  | { readonly kind: 'label'; readonly label: string }
  | {
      readonly kind: 'item';
      readonly label: string;
      readonly icon?: Component | undefined;
      readonly shortcut?: string;
      readonly disabled?: boolean;
      readonly isDangerous?: boolean;
      readonly isChecked?: boolean;
      /** The menu stays open: several may be chosen one after another. */
      readonly keepOpen?: boolean;
      readonly run: () => void;
    };
