import type { Catalogue } from '../en/index.ts';
import { account } from './account.ts';
import { alerts } from './alerts.ts';
import { blocks } from './blocks.ts';
import { chain } from './chain.ts';
import { charts } from './charts.ts';
import { common } from './common.ts';
import { control } from './control.ts';
import { desktop } from './desktop.ts';
import { fleet } from './fleet.ts';
import { groups } from './groups.ts';
import { help } from './help.ts';
import { honesty } from './honesty.ts';
import { leases } from './leases.ts';
import { market } from './market.ts';
import { overview } from './overview.ts';
import { earnings } from './earnings.ts';
import { provider } from './provider.ts';
import { renter } from './renter.ts';
import { selfCheck } from './self-check.ts';
import { shell } from './shell.ts';
import { signIn } from './sign-in.ts';
import { system } from './system.ts';
import { table } from './table.ts';
import { templates } from './templates.ts';
import { welcome } from './welcome.ts';
import { worker } from './worker.ts';

export const de: Catalogue = {
  account,
  alerts,
  blocks,
  chain,
  charts,
  common,
  control,
  desktop,
  fleet,
  groups,
  help,
  honesty,
  leases,
  market,
  overview,
  earnings,
  provider,
  renter,
  selfCheck,
  shell,
  signIn,
  system,
  table,
  templates,
  welcome,
  worker,
};
