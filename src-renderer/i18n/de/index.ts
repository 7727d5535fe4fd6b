import type { Catalogue } from '../en/index.ts';
import { blocks } from './blocks.ts';
import { charts } from './charts.ts';
import { common } from './common.ts';
import { control } from './control.ts';
import { market } from './market.ts';
import { overview } from './overview.ts';
import { fleet } from './fleet.ts';
import { honesty } from './honesty.ts';
import { shell } from './shell.ts';
import { signIn } from './sign-in.ts';
import { table } from './table.ts';
import { welcome } from './welcome.ts';

export const de: Catalogue = {
  blocks,
  charts,
  common,
  control,
  market,
  overview,
  fleet,
  honesty,
  shell,
  signIn,
  table,
  welcome,
};
