export { computeReputation, type ReputationFigures } from './reputation.ts';
