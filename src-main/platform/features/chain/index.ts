export { ChainRepository, findChainBlocks } from './chain.repository.ts';
export { mountChain } from './chain.routes.ts';
export { Chain } from './chain.service.ts';
