export { choose, type MiningRules, type ProofOutlook } from './mining-rules.ts';
export { planFleet, type RigPlan } from './rig.ts';
export { defaultScenario, findScenario, scenarios, type Scenario } from './scenarios/index.ts';
export { Simulation, type SimulationOptions, type SimulationReport } from './simulation.ts';
export { mountSimulator } from './simulator.routes.ts';
export { Simulator } from './simulator.service.ts';
