export { commandsKeptMs, forgetCommands } from './forget-commands.ts';
export { CommandRepository } from './command.repository.ts';
export type { ControlEvents } from './control.events.ts';
export { mountControl } from './control.routes.ts';
export { Control } from './control.service.ts';
export { controlOrder, walletOrder } from './order.ts';
