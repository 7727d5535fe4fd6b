export { mountHelp } from './help.routes.ts';
