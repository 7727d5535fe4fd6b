export { computeReputation, type ReputationFigures } from './reputation.ts';
export { mountReputation } from './reputation.routes.ts';
export { Reputations } from './reputations.ts';
