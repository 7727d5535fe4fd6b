/** All texts, in English. Each file is the part of a page; `common` and `shell` belong to all. */
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

export const en = {
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
} as const;

/** The shape that each language has to fill. */
export type Catalogue = Texts<typeof en>;
/** The same keys with any texts. */
export type Texts<Source> = {
  [Key in keyof Source]: Source[Key] extends string ? string : Texts<Source[Key]>;
};
