import type { Scenario, Stage } from './scenario.ts';

const firstAfterSec = 30;
const everySec = 150;
const darkSec = 20;

function cutPower(stage: Stage): void {
  stage.strikeAll('powerLoss', darkSec);
  stage.after(everySec, () => cutPower(stage));
}

/** The whole farm goes dark, and all of it comes back at once. */
export const powerCutScenario: Scenario = {
  name: 'power-cut',
  summary: `after ${firstAfterSec} s, and then every ${everySec} s, all rigs are dark for ${darkSec} s and come back at once`,
  direct: (stage) => stage.after(firstAfterSec, () => cutPower(stage)),
};
