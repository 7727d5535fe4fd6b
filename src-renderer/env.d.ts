/** How code that only sees TypeScript reads a component; vue-tsc knows the real types. */
declare module '*.vue' {
  import type { DefineComponent } from 'vue';
  const component: DefineComponent<Record<string, unknown>, Record<string, unknown>>;
  export default component;
}
