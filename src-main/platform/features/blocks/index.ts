export { forgetBlocks, keptUncounted } from './forget-blocks.ts';
export { assessBlock } from './assess-block.ts';
export { connectBlocks } from './block.mqtt.ts';
export { BlockListRepository } from './block-list.repository.ts';
export { BlockSearchRepository, type BlockFilter } from './block-search.repository.ts';
export { BlockRepository, type FindOnChain } from './block.repository.ts';
export { Blocks } from './block.service.ts';
export type { BlockEvents } from './blocks.events.ts';
export { mountBlocks } from './block.routes.ts';
